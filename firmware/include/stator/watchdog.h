/* The watchdog of a board. One driver per image implements this; no_watchdog is the one that says there is none. */
#ifndef STATOR_WATCHDOG_H
#define STATOR_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#define STATOR_WATCHDOG_MS 1500u /* resets when it was not fed for so long, give or take what the driver's header says */

/* For people and the banner; "none" where there is none. */
extern const char *const stator_watchdog_name;

/* Starts it; it cannot be stopped on most chips. Once, also before the clocks run. */
void stator_watchdog_start(void);

/* Task context; does not block. */
void stator_watchdog_feed(void);

/* Whether the last reset was the watchdog's, as far as the chip tells. Before the next. */
bool stator_watchdog_bit(void);

#endif
