#include "nuclei_timer/nuclei_timer.h"

#include "register/register.h"

static uint64_t due;
static uint32_t every;

/* The high word first goes where the whole value can only be too large: no interrupt comes from a half-written one. */
static void compare(void) {
    stator_write32(NUCLEI_TIMER_COMPARE + 4u, 0xffffffffu);
    stator_write32(NUCLEI_TIMER_COMPARE, (uint32_t)due);
    stator_write32(NUCLEI_TIMER_COMPARE + 4u, (uint32_t)(due >> 32));
}

void nuclei_timer_start(uint32_t period) {
    uint32_t low;
    uint32_t high;
    do {
        high = stator_read32(NUCLEI_TIMER_TIME + 4u);
        low = stator_read32(NUCLEI_TIMER_TIME);
    } while (high != stator_read32(NUCLEI_TIMER_TIME + 4u));
    every = period;
    due = (((uint64_t)high << 32) | low) + period;
    compare();
}

void nuclei_timer_next(void) {
    due += every;
    compare();
}

void nuclei_timer_raise(void) {
    stator_write32(NUCLEI_TIMER_SOFTWARE, 1);
    (void)stator_read32(NUCLEI_TIMER_SOFTWARE); /* comes back after the write has arrived */
}

void nuclei_timer_settle(void) {
    stator_write32(NUCLEI_TIMER_SOFTWARE, 0);
    (void)stator_read32(NUCLEI_TIMER_SOFTWARE);
}
