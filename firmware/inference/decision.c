#include "stator/inference.h"

unsigned stator_argmax(const int8_t *values, size_t count) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        if (values[i] > values[best]) {
            best = i;
        }
    }
    return (unsigned)best;
}

void stator_decision_init(struct stator_decision *decision, uint16_t frames, uint16_t debounce) {
    decision->warmup = (uint32_t)frames + debounce;
    decision->debounce = debounce;
    stator_decision_clear(decision);
}

void stator_decision_clear(struct stator_decision *decision) {
    decision->decisions = 0;
    decision->run = 0;
    decision->candidate = STATOR_STATE_UNKNOWN;
    decision->state = STATOR_STATE_UNKNOWN;
}

uint8_t stator_decision_update(struct stator_decision *decision, uint8_t label) {
    if (decision->decisions < decision->warmup) {
        decision->decisions++;
    }
    if (label != decision->candidate) {
        decision->candidate = label;
        decision->run = 0;
    }
    if (decision->run < decision->debounce) {
        decision->run++;
    }
    if (decision->decisions >= decision->warmup && decision->run >= decision->debounce) {
        decision->state = label;
    }
    return decision->state;
}
