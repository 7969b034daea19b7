/* The monitor: what each of the three tasks does with one item. No RTOS and no register here: the port calls the task
 * functions, the host tests call the steps.
 *
 * Sizes come from the model (model_select.h) and the memory plan (memory_plan.h), which the compiler emits per image.
 */
#ifndef STATOR_MONITOR_H
#define STATOR_MONITOR_H

#include "stator/common.h"
#include "stator/crc32.h"

#include "model_select.h"

/* Feature task to inference task. Times are of stator_clock_now(). */
struct stator_column {
    uint32_t check;      /* CRC-32 of all behind it: a queue is memory like any other */
    uint32_t sequence;   /* of the half */
    uint64_t timestamp;  /* of the half: see struct stator_half */
    uint32_t crc;        /* CRC-32 of the raw half, samples as they lie in memory (little-endian int16) */
    uint32_t entered_at; /* entry of the interrupt that handed the half over */
    uint32_t handover;   /* from there to the feature task's first instruction */
    uint32_t features;   /* duration: CRC and features */
    uint32_t lost;       /* halves so far that gave no column */
    int8_t values[STATOR_FEATURE_COLUMNS];
};

enum { STATOR_RECORD_DECISION, STATOR_RECORD_HEARTBEAT };

/* To the telemetry task: one decision; or, while no half comes, that there is none (only health, sequence: halves so far, and
 * timestamp: ticks of the port). */
struct stator_record {
    uint32_t check; /* as above */
    uint32_t sequence;
    uint64_t timestamp;
    uint32_t crc;
    uint32_t overruns; /* halves so far that gave no record: overwritten, or a queue was full */
    uint32_t handover;
    uint32_t features;
    uint32_t inference; /* duration: the model, and the check of its state */
    uint32_t decision;  /* from interrupt entry to the write of the decision */
    uint32_t health;    /* stator_health_word() */
    uint16_t rounds;    /* stator_health_rounds() */
    uint8_t label;      /* class of this frame: the largest logit */
    uint8_t confidence; /* its softmax output, 0 to 255 */
    uint8_t state;      /* debounced class, or STATOR_STATE_UNKNOWN */
    uint8_t kind;       /* STATOR_RECORD_... */
    int8_t column[STATOR_FEATURE_COLUMNS];
    int8_t logits[STATOR_CLASSES];
};

/* What `check` of a column or a record has to be. */
#define STATOR_MONITOR_CHECK(item) stator_crc32(0, &(item)->sequence, sizeof(*(item)) - offsetof(__typeof__(*(item)), sequence))

/* Prepares stream, model and decision out of the memory plan. Before the tasks. Ends in stator_fail() if the plan and
 * the model do not agree. */
void stator_monitor_init(void);

/* Feature task: takes the newest half, if there is one, and computes its column. `woken`: stator_clock_now() as the task's
 * first act. Returns 0; -EAGAIN: no half; -EOVERFLOW: the half was overwritten meanwhile, and counted. */
STATOR_MUST_CHECK int stator_monitor_feature(struct stator_column *column, uint32_t woken);

/* Counts a column that the queue did not take. */
void stator_monitor_column_lost(void);

/* Inference task: the column through the model, its outputs to a decision. A gap in the sequence numbers starts the model's
 * state and the debouncing anew: a window never spans lost samples. The same where the state or the decision changed since the
 * last call, which is told (STATOR_HEALTH_MEMORY).
 * A model that takes samples reads them where DMA has put them; the column then only says that there is a half.
 * Returns 0; otherwise there is no record: -EBADMSG: the column is not what the feature task sent; told and counted. Of such a
 * model too -EAGAIN: the half went with an earlier call; -EOVERFLOW: DMA came back to it before the model was through; counted.
 */
STATOR_MUST_CHECK int stator_monitor_infer(struct stator_record *record, const struct stator_column *column);

/* Inference task, before its first column and after each: the known answer where it is due, and a slice of the march. */
void stator_monitor_selftest(void);

/* Fills in health, rounds and check: the last act on a record. Any task. */
void stator_monitor_close_record(struct stator_record *record);

/* Counts a record that the queue did not take. */
void stator_monitor_record_lost(void);

/* Telemetry task: one frame each into a buffer that stays valid until the next call. Returns its bytes; 0: nothing to say, since
 * the record is not what was sent, or there was no crash. */
size_t stator_monitor_banner_frame(const uint8_t **frame);
size_t stator_monitor_crash_frame(const uint8_t **frame);
size_t stator_monitor_record_frame(const uint8_t **frame, const struct stator_record *record);
size_t stator_monitor_stacks_frame(const uint8_t **frame);

/* The tasks' bodies. The port starts each once, in its task. */
_Noreturn void stator_feature_task(void);
_Noreturn void stator_inference_task(void);
_Noreturn void stator_telemetry_task(void);

#endif
