/* A board without a watchdog says so: a firmware that hangs on it stays hung, and only whoever listens can tell. */
#include "stator/watchdog.h"

const char *const stator_watchdog_name = "none";

void stator_watchdog_start(void) {}

void stator_watchdog_feed(void) {}

bool stator_watchdog_bit(void) {
    return false;
}
