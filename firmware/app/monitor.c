#include "stator/monitor.h"

#include <string.h>

#include "stator/clock.h"
#include "stator/crash.h"
#include "stator/crc32.h"
#include "stator/fail.h"
#include "stator/features.h"
#include "stator/health.h"
#include "stator/inference.h"
#include "stator/line.h"
#include "stator/port.h"
#include "stator/stream.h"
#include "stator/watchdog.h"

#include "memory_plan.h"

extern const struct stator_features_config stator_features_config;

_Static_assert(STATOR_MODEL_INPUT_BYTES == STATOR_FEATURE_COLUMNS, "the model does not take one column of features");
_Static_assert(STATOR_MODEL_OUTPUT_BYTES == STATOR_CLASSES, "the model's first output is not one logit per label");

/* Each written by one task alone. */
static volatile uint32_t columns_lost; /* feature task */
static volatile uint32_t records_lost; /* inference task */
static uint32_t columns_damaged;       /* inference task */

/* The inference task's, from one column to the next. */
static struct {
    struct stator_decision decision;
    uint32_t next_sequence;
} kept;
static uint32_t kept_sum; /* of it and of the model's state */

/* Changes of single bits, and most others, for three instructions a word (Fletcher's two sums, modulo 2^32). */
static __attribute__((noinline)) uint32_t sum_of_kept(void) {
    typedef uint32_t __attribute__((may_alias)) word;
    const word *words[] = {(const word *)(const void *)&kept,
                           (const word *)(const void *)(stator_arena + STATOR_MODEL_STATE_OFFSET)};
    const size_t counts[] = {sizeof(kept) / 4u, STATOR_MODEL_STATE_BYTES / 4u};
    uint32_t first = 1;
    uint32_t second = 0;
    for (unsigned part = 0; part < 2; part++) {
        for (size_t i = 0; i < counts[part]; i++) {
            first += words[part][i];
            second += first;
        }
    }
    return (second << 7 | second >> 25) ^ first;
}

#define CHECKED(item) stator_crc32(0, &(item)->sequence, sizeof(*(item)) - offsetof(__typeof__(*(item)), sequence))

void stator_monitor_init(void) {
    stator_health_init();
    if (stator_stream_init(stator_half0, stator_half1, STATOR_HALF_TICKS) ||
        STATOR_MODEL_INIT(stator_arena, sizeof(stator_arena))) {
        stator_fail("memory plan and model do not agree");
    }
    stator_decision_init(&kept.decision, STATOR_WINDOW_FRAMES, STATOR_DEBOUNCE_FRAMES);
    columns_lost = records_lost = kept.next_sequence = 0;
    kept_sum = sum_of_kept();
}

int stator_monitor_feature(struct stator_column *column, uint32_t woken) {
    struct stator_half half;
    if (stator_stream_acquire(&half)) {
        return -EAGAIN;
    }
    column->timestamp = half.timestamp;
    column->sequence = half.sequence;
    column->entered_at = half.filled_at;
    column->handover = woken - half.filled_at;
    column->crc = stator_crc32(0, half.samples, STATOR_HALF_SAMPLES * sizeof(half.samples[0]));
    if (stator_features_run(column->values, half.samples, stator_features_work, &stator_features_config)) {
        stator_fail("features");
    }
    stator_health_half(half.samples, half.sequence);
    int overwritten = stator_stream_release(&half);
    stator_health_alive(STATOR_HEALTH_FEATURE, half.sequence);
    column->features = stator_clock_now() - woken;
    column->lost = stator_stream_overruns() + columns_lost;
    column->check = CHECKED(column);
    return overwritten;
}

void stator_monitor_column_lost(void) {
    columns_lost++;
}

/* What the model knows of the past, put aside. */
static uint8_t aside[STATOR_MODEL_STATE_BYTES + 1u]; /* there may be no state */

static uint8_t *state(void) {
    return stator_arena + STATOR_MODEL_STATE_OFFSET;
}

/* One run from what was put aside. Returns a sum of all that it leaves behind: the new state and both outputs. */
static __attribute__((noinline)) uint32_t run_once(const int8_t *values) {
    memcpy(state(), aside, STATOR_MODEL_STATE_BYTES);
    memcpy(stator_arena + STATOR_MODEL_INPUT_OFFSET, values, STATOR_FEATURE_COLUMNS);
    if (STATOR_MODEL_RUN(stator_arena)) {
        stator_fail("model");
    }
    uint32_t sum = stator_crc32(sum_of_kept(), stator_arena + STATOR_MODEL_OUTPUT_OFFSET, STATOR_CLASSES);
    return stator_crc32(sum, stator_arena + STATOR_MODEL_OUTPUT1_OFFSET, STATOR_CLASSES);
}

static void start_anew(void) {
    if (STATOR_MODEL_INIT(stator_arena, sizeof(stator_arena))) {
        stator_fail("model");
    }
    stator_decision_init(&kept.decision, STATOR_WINDOW_FRAMES, STATOR_DEBOUNCE_FRAMES);
}

int stator_monitor_infer(struct stator_record *record, const struct stator_column *column) {
    uint32_t start = stator_clock_now();
    if (column->check != CHECKED(column)) {
        stator_health_memory();
        columns_damaged++;
        return -EBADMSG;
    }
    bool damaged = sum_of_kept() != kept_sum;
    if (damaged) {
        stator_health_memory();
    }
    if (damaged || column->sequence != kept.next_sequence) {
        start_anew();
    }
    kept.next_sequence = column->sequence + 1;
    memcpy(aside, state(), STATOR_MODEL_STATE_BYTES);
    uint32_t first = run_once(column->values);
    if (run_once(column->values) != first) { /* something changed in the middle of a run, and lives on in the state */
        stator_health_memory();
        start_anew();
        kept.next_sequence = column->sequence + 1;
        memcpy(aside, state(), STATOR_MODEL_STATE_BYTES);
        (void)run_once(column->values);
    }
    uint32_t stop = stator_clock_now();

    const int8_t *logits = (const int8_t *)stator_arena + STATOR_MODEL_OUTPUT_OFFSET;
    const int8_t *scores = (const int8_t *)stator_arena + STATOR_MODEL_OUTPUT1_OFFSET;
    unsigned label = stator_argmax(logits, STATOR_CLASSES);
    record->label = (uint8_t)label;
    record->confidence = (uint8_t)(scores[label] + 128);
    record->state = stator_decision_update(&kept.decision, (uint8_t)label);
    record->decision = stator_clock_now() - column->entered_at;
    kept_sum = sum_of_kept();
    bool full = kept.decision.decisions >= kept.decision.warmup; /* before, the model sees filler */
    stator_health_decided(column->values, full ? record->confidence : 255);

    record->timestamp = column->timestamp;
    record->sequence = column->sequence;
    record->crc = column->crc;
    record->overruns = column->lost + records_lost + columns_damaged;
    record->handover = column->handover;
    record->features = column->features;
    record->inference = stop - start;
    record->kind = STATOR_RECORD_DECISION;
    for (size_t i = 0; i < STATOR_FEATURE_COLUMNS; i++) {
        record->column[i] = column->values[i];
    }
    for (size_t i = 0; i < STATOR_CLASSES; i++) {
        record->logits[i] = logits[i];
    }
    stator_monitor_close_record(record);
    stator_health_alive(STATOR_HEALTH_INFERENCE, column->sequence);
    return 0;
}

void stator_monitor_close_record(struct stator_record *record) {
    record->health = stator_health_word();
    record->rounds = stator_health_rounds();
    record->check = CHECKED(record);
}

/* Fills memory with numbers that look like chance (D. E. Knuth, The Art of Computer Programming 2, 3.2.1.2), as
 * stator.emit.health draws them; returns where the next ones go on. */
static __attribute__((noinline)) uint32_t draw(uint8_t *to, size_t bytes, uint32_t drawn) {
    for (size_t i = 0; i < bytes; i++) {
        drawn = drawn * 1664525u + 1013904223u;
        to[i] = (uint8_t)(drawn >> 24);
    }
    return drawn;
}

/* The model after a known past; its own is put aside meanwhile. */
static void known_answer(void) {
    memcpy(aside, state(), STATOR_MODEL_STATE_BYTES);
    uint32_t drawn = draw(state(), STATOR_MODEL_STATE_BYTES, 1);
    draw(stator_arena + STATOR_MODEL_INPUT_OFFSET, STATOR_MODEL_INPUT_BYTES, drawn);
    bool right = STATOR_MODEL_RUN(stator_arena) == 0;
    memcpy(state(), aside, STATOR_MODEL_STATE_BYTES);
    const int8_t *answer = stator_health_config.answer;
    right = memcmp(stator_arena + STATOR_MODEL_OUTPUT_OFFSET, answer, STATOR_CLASSES) == 0 && right;
    right = memcmp(stator_arena + STATOR_MODEL_OUTPUT1_OFFSET, answer + STATOR_CLASSES, STATOR_CLASSES) == 0 && right;
    stator_health_answered(right);
}

void stator_monitor_selftest(void) {
    if (stator_health_answer_due()) {
        known_answer();
    }
    stator_health_march();
}

void stator_monitor_record_lost(void) {
    records_lost++;
}

/* The telemetry task's. Names, commas, numbers of the banner take at most 216 bytes, those of a record 148. */
#define BANNER_BYTES (216u + sizeof(STATOR_BOARD_NAME) + sizeof(STATOR_MODEL_NAME))
#define RECORD_BYTES (148u + 2u * (STATOR_FEATURE_COLUMNS + STATOR_CLASSES))
static uint8_t buffer[BANNER_BYTES > RECORD_BYTES ? BANNER_BYTES : RECORD_BYTES];

static size_t finish(struct stator_line *line, const uint8_t **out) {
    int bytes = stator_line_end(line);
    if (bytes < 0) {
        stator_fail("telemetry line does not fit");
    }
    *out = line->data;
    return (size_t)bytes;
}

static void field(struct stator_line *line, const char *name, uint64_t value) {
    stator_line_text(line, name);
    stator_line_decimal(line, value);
}

size_t stator_monitor_banner_line(const uint8_t **out) {
    static const char sha256[] = STATOR_MODEL_SHA256;
    struct stator_line line;
    stator_line_begin(&line, buffer, sizeof(buffer));
    stator_line_text(&line, "B,version=" STATOR_VERSION ",board=" STATOR_BOARD_NAME ",model=" STATOR_MODEL_NAME ",sha256=");
    for (unsigned i = 0; i < 16; i++) {
        stator_line_text(&line, (const char[]){sha256[i], '\0'});
    }
    field(&line, ",counter_hz=", STATOR_COUNTER_HZ);
    field(&line, ",sample_clock_hz=", STATOR_SAMPLE_CLOCK_HZ);
    field(&line, ",half_ticks=", STATOR_HALF_TICKS);
    field(&line, ",window=", STATOR_WINDOW_FRAMES);
    field(&line, ",columns=", STATOR_FEATURE_COLUMNS);
    stator_line_text(&line, ",watchdog=");
    stator_line_text(&line, stator_watchdog_name);
    field(&line, ",restarts=", stator_crash_restarts());
    return finish(&line, out);
}

size_t stator_monitor_crash_line(const uint8_t **out) {
    struct stator_crash crash;
    if (stator_crash_read(&crash)) {
        if (!stator_watchdog_bit()) {
            return 0;
        }
        crash = (struct stator_crash){.number = stator_crash_restarts(), .why = "watchdog"};
    }
    for (char *at = crash.why; *at != '\0'; at++) {
        *at = *at < ' ' || *at > '~' || *at == ',' || *at == '*' ? '.' : *at;
    }
    struct stator_line line;
    stator_line_begin(&line, buffer, sizeof(buffer));
    field(&line, "C,", crash.number);
    stator_line_text(&line, ",");
    stator_line_text(&line, crash.why);
    stator_crash_clear();
    return finish(&line, out);
}

static void health(struct stator_line *line, const struct stator_record *record) {
    stator_line_text(line, ",");
    stator_line_hex32(line, record->health);
    field(line, ",", record->rounds);
}

size_t stator_monitor_record_line(const uint8_t **out, const struct stator_record *record) {
    if (record->check != CHECKED(record)) {
        return 0;
    }
    struct stator_line line;
    stator_line_begin(&line, buffer, sizeof(buffer));
    if (record->kind == STATOR_RECORD_HEARTBEAT) {
        field(&line, "H,", record->sequence);
        field(&line, ",", record->timestamp);
        health(&line, record);
        return finish(&line, out);
    }
    stator_health_alive(STATOR_HEALTH_TELEMETRY, record->sequence);
    field(&line, "F,", record->sequence);
    field(&line, ",", record->timestamp);
    stator_line_text(&line, ",");
    stator_line_hex32(&line, record->crc);
    field(&line, ",", record->label);
    field(&line, ",", record->confidence);
    field(&line, ",", record->state);
    field(&line, ",", record->overruns);
    field(&line, ",", record->handover);
    field(&line, ",", record->features);
    field(&line, ",", record->inference);
    field(&line, ",", record->decision);
    stator_line_text(&line, ",");
    stator_line_hex(&line, record->column, STATOR_FEATURE_COLUMNS);
    stator_line_text(&line, ",");
    stator_line_hex(&line, record->logits, STATOR_CLASSES);
    health(&line, record);
    return finish(&line, out);
}

size_t stator_monitor_stacks_line(const uint8_t **out) {
    struct stator_line line;
    stator_line_begin(&line, buffer, sizeof(buffer));
    stator_line_text(&line, "S");
    const char *name;
    for (unsigned i = 0; (name = stator_port_stack_name(i)) != NULL; i++) {
        stator_line_text(&line, ",");
        stator_line_text(&line, name);
        field(&line, "=", stator_port_stack_used(i));
    }
    return finish(&line, out);
}
