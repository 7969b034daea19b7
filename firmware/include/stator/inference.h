/* From the model's output to a decision: the reading of the output vector, and debouncing. The model itself keeps what it needs
 * of earlier columns. No RTOS, no register, no static state: plain C11, tested on the host.
 */
#ifndef STATOR_INFERENCE_H
#define STATOR_INFERENCE_H

#include "stator/common.h"

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
