#include "cmsdk_timer/cmsdk_timer.h"

#include "stator/clock.h"

#define CTRL     0x0u
#define VALUE    0x4u
#define RELOAD   0x8u
#define INTCLEAR 0xcu

#define CTRL_ENABLE    0x1u
#define CTRL_INTERRUPT 0x8u

static volatile uint32_t *reg(uintptr_t base, uint32_t offset) {
    return (volatile uint32_t *)(base + offset);
}

void cmsdk_timer_start(uintptr_t base, uint32_t period) {
    *reg(base, CTRL) = 0;
    *reg(base, RELOAD) = period - 1;
    *reg(base, VALUE) = period - 1;
    *reg(base, INTCLEAR) = 1;
    *reg(base, CTRL) = CTRL_ENABLE | CTRL_INTERRUPT;
}

void cmsdk_timer_clear(uintptr_t base) {
    *reg(base, INTCLEAR) = 1;
}

void stator_clock_start(void) {
    *reg(cmsdk_timer_clock_base, CTRL) = 0;
    *reg(cmsdk_timer_clock_base, RELOAD) = UINT32_MAX;
    *reg(cmsdk_timer_clock_base, VALUE) = UINT32_MAX;
    *reg(cmsdk_timer_clock_base, CTRL) = CTRL_ENABLE;
}

uint32_t stator_clock_now(void) {
    return ~*reg(cmsdk_timer_clock_base, VALUE);
}
