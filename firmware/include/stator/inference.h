/* From columns of features to a decision, without a model in it: the window of the last columns, the reading of the output
 * vector, and debouncing. No RTOS, no register, no static state: plain C11, tested on the host.
 */
#ifndef STATOR_INFERENCE_H
#define STATOR_INFERENCE_H

#include "stator/common.h"

/* The last `frames` columns of `columns` int8 values each: a ring, the oldest is overwritten. */
struct stator_window {
    int8_t *ring;      /* frames x columns values, the caller's; the window's from init on */
    uint16_t frames;   /* >= 1 */
    uint16_t columns;  /* >= 1 */
    uint16_t oldest;   /* index of the column that goes next */
    int8_t zero_point; /* stands for what has not come yet: real 0 */
};

/* Takes the ring and fills it with the zero point. -EINVAL on null or an empty shape. */
STATOR_MUST_CHECK int stator_window_init(struct stator_window *window, int8_t *ring, uint16_t frames, uint16_t columns,
                                         int8_t zero_point);

/* Forgets all columns. */
void stator_window_clear(struct stator_window *window);

/* Appends one column of window->columns values. */
void stator_window_push(struct stator_window *window, const int8_t *column);

/* Copies the window, oldest column first, to `out`: frames x columns values. No aliasing. */
void stator_window_copy(const struct stator_window *window, int8_t *out);

/* Index of the largest of `count` >= 1 values, the lowest index where several are equal. */
unsigned stator_argmax(const int8_t *values, size_t count);

#define STATOR_STATE_UNKNOWN 255u

/* A class becomes the state after `debounce` equal decisions in a row, and not before the `warmup`th decision. */
struct stator_decision {
    uint32_t decisions; /* so far, stops at warmup */
    uint32_t warmup;    /* window + debounce: only decisions with a full window may count */
    uint16_t run;       /* equal decisions in a row, stops at debounce */
    uint16_t debounce;  /* >= 1 */
    uint8_t candidate;  /* class of the run */
    uint8_t state;      /* debounced class, or STATOR_STATE_UNKNOWN */
};

void stator_decision_init(struct stator_decision *decision, uint16_t frames, uint16_t debounce);

/* Forgets all decisions; the state is unknown again. */
void stator_decision_clear(struct stator_decision *decision);

/* Takes the class of one frame and returns the state. */
uint8_t stator_decision_update(struct stator_decision *decision, uint8_t label);

#endif
