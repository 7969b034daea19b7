#include "nordic_timer/nordic_timer.h"

#include "nordic_dppi/nordic_dppi.h"

/* Stopped and at 0 (PS: MODE, BITMODE and PRESCALER must only be written while the timer is stopped). */
static void reset(uint32_t base, uint32_t mode) {
    stator_write32(base + TIMER_TASKS_STOP, 1);
    stator_write32(base + TIMER_TASKS_CLEAR, 1);
    stator_write32(base + TIMER_MODE, STATOR_FIELD(TIMER_MODE_MODE, mode));
    stator_write32(base + TIMER_BITMODE, STATOR_FIELD(TIMER_BITMODE_BITMODE, TIMER_BITMODE_BITMODE_32Bit));
}

static void period(uint32_t base, uint32_t ticks) {
    reset(base, TIMER_MODE_MODE_Timer);
    stator_write32(base + TIMER_PRESCALER, STATOR_FIELD(TIMER_PRESCALER_PRESCALER, 0)); /* NORDIC_TIMER_HZ */
    stator_write32(base + TIMER_CC(0), ticks);
    stator_write32(base + TIMER_SHORTS, TIMER_SHORTS_COMPARE0_CLEAR_Msk);
}

void nordic_timer_periodic(uint32_t base, uint32_t ticks, uint32_t channel) {
    period(base, ticks);
    nordic_dppi_connect(base + TIMER_PUBLISH_COMPARE(0), channel);
}

void nordic_timer_interrupts(uint32_t base, uint32_t ticks) {
    period(base, ticks);
    stator_write32(base + TIMER_INTENSET, TIMER_INTENSET_COMPARE0_Msk);
}

void nordic_timer_served(uint32_t base) {
    stator_write32(base + TIMER_EVENTS_COMPARE(0), 0);
    (void)stator_read32(base + TIMER_EVENTS_COMPARE(0)); /* so that the interrupt is not taken again */
}

void nordic_timer_counter(uint32_t base, uint32_t count, uint32_t capture) {
    reset(base, TIMER_MODE_MODE_LowPowerCounter);
    stator_write32(base + TIMER_SHORTS, 0);
    nordic_dppi_connect(base + TIMER_SUBSCRIBE_COUNT, count);
    nordic_dppi_connect(base + TIMER_SUBSCRIBE_CAPTURE(0), capture);
    nordic_timer_start(base);
}

void nordic_timer_start(uint32_t base) {
    stator_write32(base + TIMER_TASKS_START, 1);
}

uint32_t nordic_timer_captured(uint32_t base) {
    return stator_read32(base + TIMER_CC(0));
}
