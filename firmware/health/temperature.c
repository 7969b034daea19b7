/* The temperature, asked for once a second by the supervisor: each time what was begun the time before is taken, so that nothing
 * waits. One failure is no temperature; several in a row are a reason of not being well. */
#include "stator/temperature.h"

#include "stator/health.h"

#define EVERY    STATOR_HEALTH_TICK_HZ /* ticks */
#define FAILURES 3u                    /* in a row */
#define COLDEST  (-5500)               /* an answer outside of what such sensors measure is none */
#define HOTTEST  15000
#define NONE     INT32_MIN

STATOR_FIXED static uint32_t fitted;
static volatile int32_t newest; /* or NONE */
static uint32_t due;            /* the tick of the next question; 0: none was asked yet */
static unsigned failures;

void stator_health_temperature_init(void) {
    fitted = stator_temperature_init() == 0;
    newest = NONE;
    failures = due = 0;
}

bool stator_health_temperature_step(uint32_t tick) {
    if (fitted && (int32_t)(tick - due) >= 0) {
        if (due != 0) {
            int32_t now;
            bool there = stator_temperature_take(&now) == 0 && now >= COLDEST && now <= HOTTEST;
            newest = there ? now : NONE;
            failures = there ? 0 : failures + 1u;
        }
        due = tick + EVERY;
        stator_temperature_start();
    }
    return failures < FAILURES;
}

int stator_health_temperature(int32_t *hundredths) {
    *hundredths = newest;
    return !fitted ? -ENODEV : *hundredths == NONE ? -EIO : 0;
}
