/* What runs when: every switch between tasks, every entry and exit of a device's interrupt, with the time, into memory. When that
 * is full, all of it is told on the serial port and the image ends. Nothing is sent before, so nothing is disturbed but by the
 * notes themselves.
 *
 *   T,<time>,<kind><number>*<crc>    kind t: task, in the order of tasks.yml; e, x: entry and exit of an interrupt, by board.yml
 *   E,<events>*<crc>
 */
#include "trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stator/board.h"
#include "stator/clock.h"
#include "stator/line.h"
#include "stator/uart.h"

#include "memory_plan.h"
#include "trace_handlers.h" /* made by CMake: TRACE_HANDLERS(X), with X(number, function) for each of `timing: handlers` */

#define EVENTS 2048u

static struct {
    uint32_t at;
    char kind;
    uint8_t number;
} events[EVENTS];
static volatile uint32_t count;
static volatile bool telling;

static void say(const char *head, uint32_t value, const char *kind, uint32_t number) {
    uint8_t text[48];
    struct stator_line line;
    stator_line_begin(&line, text, sizeof(text) - 1u);
    stator_line_text(&line, head);
    stator_line_decimal(&line, value);
    if (kind) {
        stator_line_text(&line, ",");
        stator_line_text(&line, kind);
        stator_line_decimal(&line, number);
    }
    int bytes = stator_line_end(&line);
    text[bytes < 0 ? 0 : bytes] = '\0';
    stator_uart_panic((const char *)text);
}

static void tell(void) {
    telling = true;
    stator_uart_panic("\n"); /* whatever line was being sent ends here */
    for (uint32_t i = 0; i < EVENTS; i++) {
        const char kind[2] = {events[i].kind, '\0'};
        say("T,", events[i].at, kind, events[i].number);
    }
    say("E,", EVENTS, NULL, 0);
    stator_board_exit(0);
}

static void note(char kind, unsigned number) {
    if (telling) {
        return;
    }
    uint32_t at = stator_clock_now();
    uint32_t slot = count;
    count = slot + 1u;
    if (slot >= EVENTS) {
        tell();
    }
    events[slot].at = at;
    events[slot].kind = kind;
    events[slot].number = (uint8_t)number;
}

void stator_trace_task(const void *task) {
    const void *const tasks[] = {stator_tcb_feature, stator_tcb_inference, stator_tcb_telemetry, stator_tcb_idle};
    for (unsigned i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        if (task == tasks[i]) {
            note('t', i);
        }
    }
}

/* The linker puts these in place of the handlers. A handler takes nothing or one word, which goes through either way. */
#define HANDLER(number, function)                                                                                                \
    void __real_##function(uint32_t word);                                                                                       \
    void __wrap_##function(uint32_t word);                                                                                       \
    void __wrap_##function(uint32_t word) {                                                                                      \
        note('e', number);                                                                                                       \
        __real_##function(word);                                                                                                 \
        note('x', number);                                                                                                       \
    }
TRACE_HANDLERS(HANDLER)
