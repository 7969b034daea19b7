/* GigaDevice RCU: the clock tree of the GD32VF103. GD32VF103 User Manual. */
#ifndef GD32_RCU_H
#define GD32_RCU_H

#include "stator/common.h"

/* From the 8 MHz crystal to 108 MHz for the core and APB2, 54 MHz for APB1 (its timers run at 108 MHz), 13.5 MHz for the ADCs.
 * Blocks until the crystal and the PLL run (a few ms). Returns 0; -EIO: the crystal does not start, and the same frequencies come
 * from the internal oscillator, which may be off by 1 %; or the PLL does not lock, and the core stays at 8 MHz. */
STATOR_MUST_CHECK int gd32_rcu_start(void);

#endif
