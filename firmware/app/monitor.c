#include "stator/monitor.h"

#include "stator/clock.h"
#include "stator/crc32.h"
#include "stator/fail.h"
#include "stator/features.h"
#include "stator/inference.h"
#include "stator/line.h"
#include "stator/port.h"
#include "stator/stream.h"

#include "memory_plan.h"

extern const struct stator_features_config stator_features_config;

_Static_assert(STATOR_MODEL_INPUT_BYTES == STATOR_WINDOW_FRAMES * STATOR_FEATURE_COLUMNS,
               "the model's input is not the window of model.yml");
_Static_assert(STATOR_MODEL_OUTPUT_BYTES == STATOR_CLASSES, "the model's first output is not one logit per label");

/* Each written by one task alone. */
static volatile uint32_t columns_lost; /* feature task */
static volatile uint32_t records_lost; /* inference task */

static struct stator_window window;     /* inference task */
static struct stator_decision decision; /* inference task */
static uint32_t next_sequence;          /* inference task */

void stator_monitor_init(void) {
    if (stator_stream_init(stator_half0, stator_half1, STATOR_HALF_TICKS) ||
        stator_window_init(&window, (int8_t *)stator_window, STATOR_WINDOW_FRAMES, STATOR_FEATURE_COLUMNS,
                           STATOR_MODEL_INPUT_ZERO_POINT) ||
        STATOR_MODEL_INIT(stator_arena, sizeof(stator_arena))) {
        stator_fail("memory plan and model do not agree");
    }
    stator_decision_init(&decision, STATOR_WINDOW_FRAMES, STATOR_DEBOUNCE_FRAMES);
    columns_lost = records_lost = next_sequence = 0;
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
    int overwritten = stator_stream_release(&half);
    column->features = stator_clock_now() - woken;
    column->lost = stator_stream_overruns() + columns_lost;
    return overwritten;
}

void stator_monitor_column_lost(void) {
    columns_lost++;
}

void stator_monitor_infer(struct stator_record *record, const struct stator_column *column) {
    uint32_t start = stator_clock_now();
    if (column->sequence != next_sequence) {
        stator_window_clear(&window);
        stator_decision_clear(&decision);
    }
    next_sequence = column->sequence + 1;
    stator_window_push(&window, column->values);
    stator_window_copy(&window, (int8_t *)stator_arena + STATOR_MODEL_INPUT_OFFSET);
    if (STATOR_MODEL_RUN(stator_arena)) {
        stator_fail("model");
    }
    uint32_t stop = stator_clock_now();

    const int8_t *logits = (const int8_t *)stator_arena + STATOR_MODEL_OUTPUT_OFFSET;
    const int8_t *scores = (const int8_t *)stator_arena + STATOR_MODEL_OUTPUT1_OFFSET;
    unsigned label = stator_argmax(logits, STATOR_CLASSES);
    record->label = (uint8_t)label;
    record->confidence = (uint8_t)(scores[label] + 128);
    record->state = stator_decision_update(&decision, (uint8_t)label);
    record->decision = stator_clock_now() - column->entered_at;

    record->timestamp = column->timestamp;
    record->sequence = column->sequence;
    record->crc = column->crc;
    record->overruns = column->lost + records_lost;
    record->handover = column->handover;
    record->features = column->features;
    record->inference = stop - start;
    record->reserved = 0;
    for (size_t i = 0; i < STATOR_FEATURE_COLUMNS; i++) {
        record->column[i] = column->values[i];
    }
    for (size_t i = 0; i < STATOR_CLASSES; i++) {
        record->logits[i] = logits[i];
    }
}

void stator_monitor_record_lost(void) {
    records_lost++;
}

/* The telemetry task's. Names, commas, numbers of the banner take at most 176 bytes, those of a record 128. */
#define BANNER_BYTES (176u + sizeof(STATOR_BOARD_NAME) + sizeof(STATOR_MODEL_NAME))
#define RECORD_BYTES (128u + 2u * (STATOR_FEATURE_COLUMNS + STATOR_CLASSES))
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
    return finish(&line, out);
}

size_t stator_monitor_record_line(const uint8_t **out, const struct stator_record *record) {
    struct stator_line line;
    stator_line_begin(&line, buffer, sizeof(buffer));
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
