/* Nordic CLOCK: the high-frequency clock. nRF5340 Product Specification. */
#ifndef NORDIC_CLOCK_H
#define NORDIC_CLOCK_H

#include "stator/common.h"

/* Puts the core at 64 MHz and the chip on its crystal, which sampling rate and baud rate need (the internal oscillator may be off
 * by 1.5 %). Blocks until the crystal runs (0.4 ms). Returns 0, or -EIO: the crystal did not start, the internal oscillator goes
 * on. */
STATOR_MUST_CHECK int nordic_clock_start(void);

#endif
