#include "stator/monitor.h"

#include <string.h>

#include "stator/clock.h"
#include "stator/crc32.h"
#include "stator/fail.h"
#include "stator/features.h"
#include "stator/health.h"
#include "stator/inference.h"
#include "stator/port.h"
#include "stator/stream.h"

#include "memory_plan.h"

#if STATOR_MODEL_TAKES_SAMPLES
_Static_assert(STATOR_MODEL_INPUT_BYTES == sizeof(stator_half0), "the model does not take one half of samples");
#else
extern const struct stator_features_config stator_features_config;

_Static_assert(STATOR_MODEL_INPUT_BYTES == STATOR_FEATURE_COLUMNS, "the model does not take one column of features");
#endif
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

/* The newest half, and what its record will say of it. */
static int take(struct stator_half *half, struct stator_column *column, uint32_t woken) {
    if (stator_stream_acquire(half)) {
        return -EAGAIN;
    }
    column->timestamp = half->timestamp;
    column->sequence = half->sequence;
    column->entered_at = half->filled_at;
    column->handover = woken - half->filled_at;
    column->crc = stator_crc32(0, half->samples, STATOR_HALF_SAMPLES * sizeof(half->samples[0]));
    return 0;
}

#if STATOR_MODEL_TAKES_SAMPLES

/* The inference task reads the half where it lies, so it takes it and gives it back. Here it is only told that there is one; a
 * telling that is lost loses no half. */
int stator_monitor_feature(struct stator_column *column, uint32_t woken) {
    memset(column, 0, sizeof(*column));
    column->sequence = stator_stream_filled_halves() - 1u;
    column->handover = woken;
    stator_health_alive(STATOR_HEALTH_FEATURE, column->sequence);
    column->check = STATOR_MONITOR_CHECK(column);
    return 0;
}

void stator_monitor_column_lost(void) {}

/* What the feature task does elsewhere: all but the features. */
static __attribute__((noinline)) int take_in_place(struct stator_half *half, struct stator_column *column, uint32_t woken) {
    if (take(half, column, woken)) {
        return -EAGAIN;
    }
    stator_health_half(half->samples, half->sequence);
    column->lost = stator_stream_overruns();
    column->features = stator_clock_now() - woken;
    return 0;
}

#else

int stator_monitor_feature(struct stator_column *column, uint32_t woken) {
    struct stator_half half;
    if (take(&half, column, woken)) {
        return -EAGAIN;
    }
    if (stator_features_run(column->values, half.samples, stator_features_work, &stator_features_config)) {
        stator_fail("features");
    }
    stator_health_half(half.samples, half.sequence);
    int overwritten = stator_stream_release(&half);
    stator_health_alive(STATOR_HEALTH_FEATURE, half.sequence);
    column->features = stator_clock_now() - woken;
    column->lost = stator_stream_overruns() + columns_lost;
    column->check = STATOR_MONITOR_CHECK(column);
    return overwritten;
}

void stator_monitor_column_lost(void) {
    columns_lost++;
}

#endif

/* What the model knows of the past, put aside. */
static uint8_t aside[STATOR_MODEL_STATE_BYTES + 1u]; /* there may be no state */

static uint8_t *state(void) {
    return stator_arena + STATOR_MODEL_STATE_OFFSET;
}

static int run(const void *input) {
#if STATOR_MODEL_TAKES_SAMPLES
    return STATOR_MODEL_RUN(stator_arena, input);
#else
    memcpy(stator_arena + STATOR_MODEL_INPUT_OFFSET, input, STATOR_FEATURE_COLUMNS);
    return STATOR_MODEL_RUN(stator_arena);
#endif
}

/* One run from what was put aside. Returns a sum of all that it leaves behind: the new state and both outputs. */
static __attribute__((noinline)) uint32_t run_once(const void *input) {
    memcpy(state(), aside, STATOR_MODEL_STATE_BYTES);
    if (run(input)) {
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

static bool is_damaged(const struct stator_column *column) {
    if (column->check == STATOR_MONITOR_CHECK(column)) {
        return false;
    }
    stator_health_memory();
    columns_damaged++;
    return true;
}

/* The model on its input, and everything of the record. `start`: stator_clock_now() before. */
static void decide(struct stator_record *record, const struct stator_column *column, const void *input, uint32_t start) {
    bool damaged = sum_of_kept() != kept_sum;
    if (damaged) {
        stator_health_memory();
    }
    if (damaged || column->sequence != kept.next_sequence) {
        start_anew();
    }
    kept.next_sequence = column->sequence + 1;
    memcpy(aside, state(), STATOR_MODEL_STATE_BYTES);
    uint32_t first = run_once(input);
    if (run_once(input) != first) { /* something changed in the middle of a run, and lives on in the state */
        stator_health_memory();
        start_anew();
        kept.next_sequence = column->sequence + 1;
        memcpy(aside, state(), STATOR_MODEL_STATE_BYTES);
        (void)run_once(input);
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
    memcpy(record->column, column->values, STATOR_FEATURE_COLUMNS);
    for (size_t i = 0; i < STATOR_CLASSES; i++) {
        record->logits[i] = logits[i];
    }
    stator_monitor_close_record(record);
    stator_health_alive(STATOR_HEALTH_INFERENCE, column->sequence);
}

#if STATOR_MODEL_TAKES_SAMPLES

int stator_monitor_infer(struct stator_record *record, const struct stator_column *column) {
    if (is_damaged(column)) {
        return -EBADMSG;
    }
    struct stator_column taken;
    struct stator_half half;
    if (take_in_place(&half, &taken, column->handover)) {
        return -EAGAIN;
    }
    decide(record, &taken, half.samples, column->handover + taken.features);
    if (stator_stream_release(&half)) { /* DMA came back: nobody knows what the model saw */
        start_anew();
        kept_sum = sum_of_kept();
        return -EOVERFLOW;
    }
    return 0;
}

#else

int stator_monitor_infer(struct stator_record *record, const struct stator_column *column) {
    uint32_t start = stator_clock_now();
    if (is_damaged(column)) {
        return -EBADMSG;
    }
    decide(record, column, column->values, start);
    return 0;
}

#endif

void stator_monitor_close_record(struct stator_record *record) {
    record->health = stator_health_word();
    record->rounds = stator_health_rounds();
    record->check = STATOR_MONITOR_CHECK(record);
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
#if STATOR_MODEL_TAKES_SAMPLES
    (void)drawn;
    bool right = run(stator_health_question) == 0;
#else
    draw(stator_arena + STATOR_MODEL_INPUT_OFFSET, STATOR_MODEL_INPUT_BYTES, drawn);
    bool right = STATOR_MODEL_RUN(stator_arena) == 0;
#endif
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
