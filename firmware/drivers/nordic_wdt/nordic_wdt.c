/* nRF5340 watchdog timer 0 on the 32.768 kHz clock, which it starts itself. Implements stator/watchdog.h. Goes on while the core
 * sleeps, stands still while a debugger holds it; nothing stops it but a reset (Product Specification, WDT). */
#include "register/register.h"

#include "stator/watchdog.h"

#include "registers.h"

#define LFCLK_HZ 32768u
#define RELOAD   0x6e524635u /* the only word that counts */

const char *const stator_watchdog_name = "nordic";

void stator_watchdog_start(void) {
    if (stator_read32(WDT0_BASE + WDT_RUNSTATUS) & WDT_RUNSTATUS_RUNSTATUSWDT_Msk) {
        return; /* its settings are locked */
    }
    stator_write32(WDT0_BASE + WDT_CONFIG, WDT_CONFIG_SLEEP_Msk);
    stator_write32(WDT0_BASE + WDT_CRV, LFCLK_HZ * STATOR_WATCHDOG_MS / 1000u - 1u);
    stator_write32(WDT0_BASE + WDT_RREN, WDT_RREN_RR0_Msk);
    stator_write32(WDT0_BASE + WDT_TASKS_START, 1);
}

void stator_watchdog_feed(void) {
    stator_write32(WDT0_BASE + WDT_RR(0), RELOAD);
}

bool stator_watchdog_bit(void) {
    bool bit = (stator_read32(RESET_BASE + RESET_RESETREAS) & RESET_RESETREAS_DOG0_Msk) != 0;
    stator_write32(RESET_BASE + RESET_RESETREAS,
                   RESET_RESETREAS_DOG0_Msk); /* written ones clear; else it would say so for ever */
    return bit;
}
