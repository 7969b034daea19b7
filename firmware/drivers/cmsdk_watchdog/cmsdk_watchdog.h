/* Arm CMSDK APB watchdog. Implements stator/watchdog.h: its interrupt, the NMI, comes when it was not fed for
 * STATOR_WATCHDOG_MS; fault handling keeps what was running then, and resets. Were it not to, the watchdog does at twice the
 * time. */
#ifndef CMSDK_WATCHDOG_H
#define CMSDK_WATCHDOG_H

#include <stdint.h>

/* Given by the board. */
struct cmsdk_watchdog {
    uintptr_t base;
    uint32_t clock_hz;
};
extern const struct cmsdk_watchdog cmsdk_watchdog;

#endif
