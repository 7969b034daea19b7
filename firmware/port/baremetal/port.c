/* The monitor without an RTOS: interrupts, and one loop that does the most urgent thing that there is to do.
 *
 * A full half comes first: its features and the decision in one go. Telemetry sends while nothing else waits; building a frame is
 * the longest that a half can wait for, since nothing in the loop is preempted. With nothing to do the core sleeps. */
#include "stator/port.h"

#include <stdbool.h>
#include <string.h>

#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/guard.h"
#include "stator/health.h"
#include "stator/monitor.h"
#include "stator/sensor.h"
#include "stator/uart.h"

#include "baremetal_target.h"
#include "memory_plan.h"

_Static_assert(sizeof(struct stator_record) == STATOR_QUEUE_RECORDS_ITEM_BYTES,
               "firmware/port/baremetal/tasks.yml: records.item_bytes");

#define PAINT        0xa5u /* what start-up fills the stack with */
#define TICK         (STATOR_SAMPLE_CLOCK_HZ / STATOR_HEALTH_TICK_HZ)
#define STACKS_EVERY 64u /* a stack report follows every this many records */

static volatile bool half_ready; /* set by the sensor's interrupt */
static volatile bool sending;    /* cleared by the telemetry's */

static unsigned first; /* of the records that wait */
static unsigned count;
static uint32_t sent;
static bool crash_told;
static uint32_t since; /* the supervisor's last tick, in ticks of the sampling clock */

void stator_port_half_ready_from_isr(void) {
    half_ready = true;
}

void stator_uart_sent_from_isr(void) {
    sending = false;
}

static void send(const uint8_t *frame, size_t bytes) {
    sending = true;
    if (stator_uart_send(frame, bytes)) {
        stator_fail("uart");
    }
}

static void put(const struct stator_record *record) {
    if (count == STATOR_QUEUE_RECORDS_LENGTH) {
        stator_monitor_record_lost();
        return;
    }
    unsigned at = (first + count++) % STATOR_QUEUE_RECORDS_LENGTH;
    memcpy(stator_queue_records + at * sizeof(*record), record, sizeof(*record));
}

static void half(void) {
    half_ready = false;
    uint32_t woken = stator_clock_now();
    struct stator_column column;
    struct stator_record record;
    if (stator_monitor_feature(&column, woken) == 0 && stator_monitor_infer(&record, &column) == 0) {
        put(&record);
    }
    stator_monitor_selftest();
    /* The only clock of the loop is the sensor's: a dead sensor is the watchdog's to find. */
    for (since += STATOR_HALF_TICKS; since >= TICK; since -= TICK) {
        stator_health_tick_from_isr();
    }
    stator_health_poll();
}

static void tell(void) {
    const uint8_t *frame;
    size_t bytes;
    if (!crash_told) {
        crash_told = true;
        bytes = stator_monitor_crash_frame(&frame);
    } else if (sent > 0 && sent % STACKS_EVERY == 0) {
        sent = 0;
        bytes = stator_monitor_stacks_frame(&frame);
    } else {
        struct stator_record record;
        memcpy(&record, stator_queue_records + first * sizeof(record), sizeof(record));
        first = (first + 1u) % STATOR_QUEUE_RECORDS_LENGTH;
        count--;
        sent++;
        bytes = stator_monitor_record_frame(&frame, &record);
    }
    if (bytes > 0) {
        send(frame, bytes);
    }
}

static bool to_tell(void) {
    return !sending && (!crash_told || count > 0 || (sent > 0 && sent % STACKS_EVERY == 0));
}

#ifdef STATOR_GUARD_BYTES
const char *stator_guard_at(uintptr_t address) {
    return address - (uintptr_t)stator_stack_main < STATOR_GUARD_BYTES ? "main" : NULL;
}
#endif

_Noreturn void stator_port_start(void) {
#ifdef STATOR_GUARD_BYTES
    stator_guard_stack(stator_stack_main);
#endif
    baremetal_interrupts_start();
    const uint8_t *frame;
    size_t bytes = stator_monitor_banner_frame(&frame);
    send(frame, bytes);
    stator_monitor_selftest();
    if (stator_sensor_start()) {
        stator_fail("sensor does not start");
    }
    for (;;) {
        if (half_ready) {
            half();
        } else if (to_tell()) {
            tell();
        } else {
            baremetal_interrupts_off();
            if (!half_ready && !to_tell()) {
                baremetal_sleep(); /* an interrupt that waits ends it, though it is served only after */
            }
            baremetal_interrupts_on();
        }
    }
}

int stator_port_send_record(const struct stator_record *record) {
    put(record);
    return 0;
}

const char *stator_port_damage(void) {
    return stator_stack_main[0] == PAINT && stator_stack_main[1] == PAINT ? NULL : "the stack was used to its end";
}

const char *stator_port_stack_name(unsigned index) {
    return index == 0 ? "main" : NULL;
}

size_t stator_port_stack_used(unsigned index) {
    (void)index;
    size_t untouched = 0;
    while (untouched < sizeof(stator_stack_main) && stator_stack_main[untouched] == PAINT) {
        untouched++;
    }
    return sizeof(stator_stack_main) - untouched;
}
