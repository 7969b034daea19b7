/* stator/clock.h on the data watchpoint and trace unit: CYCCNT counts core clock cycles, sleep excluded.
 * Registers: Armv8-M ARM, D1.2 (DEMCR, DWT_CTRL, DWT_CYCCNT); they belong to the core and stand in no SVD file. */
#include "register/register.h"

#include "stator/clock.h"

#define DEMCR              0xe000edfcu
#define DEMCR_TRCENA       (1u << 24)
#define DWT_CTRL           0xe0001000u
#define DWT_CTRL_CYCCNTENA (1u << 0)
#define DWT_CYCCNT         0xe0001004u

void stator_clock_start(void) {
    stator_change32(DEMCR, 0, DEMCR_TRCENA);
    stator_write32(DWT_CYCCNT, 0);
    stator_change32(DWT_CTRL, 0, DWT_CTRL_CYCCNTENA);
}

uint32_t stator_clock_now(void) {
    return stator_read32(DWT_CYCCNT);
}
