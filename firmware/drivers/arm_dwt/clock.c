/* stator/clock.h on DWT CYCCNT: core clock cycles. Registers: Armv8-M ARM, D1.2 (DEMCR, DWT_CTRL, DWT_CYCCNT). */
#include "stator/clock.h"

#define DEMCR      ((volatile uint32_t *)0xe000edfcu)
#define DWT_CTRL   ((volatile uint32_t *)0xe0001000u)
#define DWT_CYCCNT ((volatile uint32_t *)0xe0001004u)

#define DEMCR_TRCENA       (1u << 24)
#define DWT_CTRL_CYCCNTENA 1u

void stator_clock_start(void) {
    *DEMCR |= DEMCR_TRCENA;
    *DWT_CYCCNT = 0;
    *DWT_CTRL |= DWT_CTRL_CYCCNTENA;
}

uint32_t stator_clock_now(void) {
    return *DWT_CYCCNT;
}
