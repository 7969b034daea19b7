/* What the telemetry task says: firmware/telemetry/telemetry.cddl. */
#include "stator/monitor.h"

#include <string.h>

#include "stator/crash.h"
#include "stator/fail.h"
#include "stator/frame.h"
#include "stator/health.h"
#include "stator/port.h"
#include "stator/watchdog.h"

#include "memory_plan.h"

enum { BANNER, RECORD, HEARTBEAT, CRASH, STACKS };

/* Of payloads, at most. HEAD: of an element; a timestamp's is 9. */
#define HEAD         5u
#define SHA_DIGITS   16u
#define WATCHDOG     24u /* its name */
#define NAMES        (sizeof(STATOR_VERSION) + sizeof(STATOR_BOARD_NAME) + sizeof(STATOR_MODEL_NAME) + SHA_DIGITS + WATCHDOG)
#define BANNER_BYTES (13u * HEAD + NAMES)
#define RECORD_BYTES (17u * HEAD + 9u + STATOR_FEATURE_COLUMNS + STATOR_CLASSES + 2u * HEAD)
#define MOST_BYTES   (BANNER_BYTES > RECORD_BYTES ? BANNER_BYTES : RECORD_BYTES)
static uint8_t buffer[STATOR_FRAME_BYTES(MOST_BYTES)];

static void begin(struct stator_frame *frame, uint32_t kind, uint32_t elements) {
    stator_frame_begin(frame, buffer, sizeof(buffer));
    stator_frame_list(frame, elements + 1u);
    stator_frame_number(frame, kind);
}

static size_t finish(struct stator_frame *frame, const uint8_t **out) {
    int bytes = stator_frame_end(frame);
    if (bytes < 0) {
        stator_fail("telemetry frame does not fit");
    }
    *out = frame->data;
    return (size_t)bytes;
}

static void text(struct stator_frame *frame, const char *said) {
    stator_frame_text(frame, said, strlen(said));
}

static __attribute__((noinline)) void numbers(struct stator_frame *frame, const uint32_t *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        stator_frame_number(frame, values[i]);
    }
}

#define NUMBERS(frame, ...)                                                                                                      \
    numbers(frame, (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

size_t stator_monitor_banner_frame(const uint8_t **out) {
    struct stator_frame frame;
    begin(&frame, BANNER, 11);
    text(&frame, STATOR_VERSION);
    text(&frame, STATOR_BOARD_NAME);
    text(&frame, STATOR_MODEL_NAME);
    stator_frame_text(&frame, STATOR_MODEL_SHA256, SHA_DIGITS);
    NUMBERS(&frame, STATOR_COUNTER_HZ, STATOR_SAMPLE_CLOCK_HZ, STATOR_HALF_TICKS, STATOR_WINDOW_FRAMES, STATOR_FEATURE_COLUMNS,
            stator_crash_restarts());
    text(&frame, stator_watchdog_name);
    return finish(&frame, out);
}

size_t stator_monitor_crash_frame(const uint8_t **out) {
    struct stator_crash crash;
    if (stator_crash_read(&crash)) {
        if (!stator_watchdog_bit()) {
            return 0;
        }
        crash = (struct stator_crash){.number = stator_crash_restarts(), .why = "watchdog"};
    }
    for (char *at = crash.why; *at != '\0'; at++) {
        *at = *at < ' ' || *at > '~' ? '.' : *at;
    }
    struct stator_frame frame;
    begin(&frame, CRASH, 2);
    stator_frame_number(&frame, crash.number);
    text(&frame, crash.why);
    stator_crash_clear();
    return finish(&frame, out);
}

static void health(struct stator_frame *frame, const struct stator_record *record) {
    stator_frame_list(frame, 2);
    NUMBERS(frame, record->health, record->rounds);
}

size_t stator_monitor_record_frame(const uint8_t **out, const struct stator_record *record) {
    if (record->check != STATOR_MONITOR_CHECK(record)) {
        return 0;
    }
    struct stator_frame frame;
    if (record->kind == STATOR_RECORD_HEARTBEAT) {
        begin(&frame, HEARTBEAT, 3);
        NUMBERS(&frame, record->sequence, (uint32_t)record->timestamp);
        health(&frame, record);
        return finish(&frame, out);
    }
    stator_health_alive(STATOR_HEALTH_TELEMETRY, record->sequence);
#ifdef STATOR_TEMPERATURE
    int32_t hundredths;
    int temperature = stator_health_temperature(&hundredths);
#else
    const int temperature = -ENODEV;
#endif
    begin(&frame, RECORD, temperature == -ENODEV ? 14 : 15);
    stator_frame_number(&frame, record->sequence);
    stator_frame_number(&frame, record->timestamp);
    NUMBERS(&frame, record->crc, record->label, record->confidence, record->state, record->overruns, record->handover,
            record->features, record->inference, record->decision);
    stator_frame_bytes(&frame, record->column, STATOR_FEATURE_COLUMNS);
    stator_frame_bytes(&frame, record->logits, STATOR_CLASSES);
    health(&frame, record);
#ifdef STATOR_TEMPERATURE
    if (temperature == 0) {
        stator_frame_signed(&frame, hundredths);
    } else if (temperature != -ENODEV) {
        stator_frame_null(&frame);
    }
#endif
    return finish(&frame, out);
}

size_t stator_monitor_stacks_frame(const uint8_t **out) {
    uint32_t count = 0;
    while (stator_port_stack_name(count) != NULL) {
        count++;
    }
    struct stator_frame frame;
    begin(&frame, STACKS, 1);
    stator_frame_map(&frame, count);
    for (unsigned i = 0; i < count; i++) {
        text(&frame, stator_port_stack_name(i));
        stator_frame_number(&frame, stator_port_stack_used(i));
    }
    return finish(&frame, out);
}
