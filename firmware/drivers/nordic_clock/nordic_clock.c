#include "nordic_clock/nordic_clock.h"

#include "register/register.h"

#include "registers.h"

#define TRIES 100000u /* reads of a register, 10 ms or more; the crystal takes less than 1 ms */

int nordic_clock_start(void) {
    stator_write32(CLOCK_BASE + CLOCK_HFCLKCTRL, STATOR_FIELD(CLOCK_HFCLKCTRL_HCLK, CLOCK_HFCLKCTRL_HCLK_Div2));
    stator_write32(CLOCK_BASE + CLOCK_EVENTS_HFCLKSTARTED, 0);
    stator_write32(CLOCK_BASE + CLOCK_TASKS_HFCLKSTART, 1);
    return stator_wait_set(CLOCK_BASE + CLOCK_EVENTS_HFCLKSTARTED, 1, TRIES) ? -EIO : 0;
}
