/* Registers: Arm DDI 0479 (Cortex-M System Design Kit TRM), APB watchdog. */
#include "cmsdk_watchdog/cmsdk_watchdog.h"

#include "stator/watchdog.h"

#define LOAD     0x000u
#define CONTROL  0x008u
#define INTCLEAR 0x00cu
#define LOCK     0xc00u

#define CONTROL_INTERRUPT 0x1u
#define CONTROL_RESET     0x2u
#define LOCK_KEY          0x1acce551u

const char *const stator_watchdog_name = "cmsdk";

static void put(uint32_t offset, uint32_t value) {
    volatile uint32_t *lock = (volatile uint32_t *)(cmsdk_watchdog.base + LOCK);
    *lock = LOCK_KEY;
    *(volatile uint32_t *)(cmsdk_watchdog.base + offset) = value;
    *lock = 0;
}

void stator_watchdog_start(void) {
    put(LOAD, cmsdk_watchdog.clock_hz / 1000u * STATOR_WATCHDOG_MS);
    put(CONTROL, CONTROL_INTERRUPT | CONTROL_RESET);
}

void stator_watchdog_feed(void) {
    put(INTCLEAR, 1);
}

bool stator_watchdog_bit(void) {
    return false; /* the NMI has left a record of its own */
}
