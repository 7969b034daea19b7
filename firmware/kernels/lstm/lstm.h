/* UNIDIRECTIONAL_SEQUENCE_LSTM, INT8 or INT16 with a cell state of INT16: gates without peepholes, projection or layer
 * normalization.
 *
 * Gates are Q3.12 before their function and Q0.15 after it. Semantics: TFLite INT8 specification with double rounding; INT16 by
 * its 16x8 rules: the sums of a gate have 64 bits and are rescaled with one rounding. */
#ifndef STATOR_KERNELS_LSTM_H
#define STATOR_KERNELS_LSTM_H

#include "common/kernel.h"

struct stator_lstm_gate {
    const int8_t *input_weights;     /* [units][depth] */
    const int8_t *recurrent_weights; /* [units][units] */
    const void *bias;                /* [units]: int32, or int64 where activations are INT16 */
    int32_t input_multiplier;        /* products with the input to Q3.12, see requantize.h */
    int32_t input_shift;
    int32_t recurrent_multiplier; /* products with the hidden state to Q3.12 */
    int32_t recurrent_shift;
};

struct stator_lstm {
    struct stator_lstm_gate input, forget, cell, output;
    const uint16_t *sigmoid; /* [256]: sigmoid(i / 24) * 2^16 */
    int32_t batches;
    int32_t steps;
    int32_t depth;
    int32_t units;
    int32_t time_major;        /* 0: [batches][steps], 1: [steps][batches] */
    int32_t input_zero_point;  /* -128..127; 0 for INT16 */
    int32_t hidden_zero_point; /* the same of the hidden state and the output */
    int32_t cell_shift;        /* left (right where negative), of the cell state to Q3.12 */
    int32_t cell_clip;         /* of the cell state's magnitude; 0: none */
    int32_t forget_multiplier; /* forget gate * cell state, to the cell state */
    int32_t forget_shift;
    int32_t update_multiplier; /* input gate * cell gate, to the cell state */
    int32_t update_shift;
    int32_t hidden_multiplier; /* output gate * tanh of the cell state, to the hidden state */
    int32_t hidden_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: [batches][steps][units], or time major, written whole. in: [batches][steps][depth], or time major. hidden:
 * [batches][units], its zero point before the first run. These are int8 or int16, and aligned for it. cell: int16
 * [batches][units], aligned to 2, zeros before the first run. Both are updated. None may overlap. p and its tables: read only,
 * owned by the caller. Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0;
 * -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, void *hidden, int16_t *cell,              \
                                                            const struct stator_lstm *p);
#include "lstm/kernels.inc"
#undef STATOR_KERNEL

static inline int stator_lstm_gate_valid(const struct stator_lstm_gate *gate) {
    return gate->input_weights && gate->recurrent_weights && gate->bias;
}

/* The guard that every variant starts with. */
static inline int stator_lstm_valid(const void *out, const void *in, const void *hidden, const int16_t *cell,
                                    const struct stator_lstm *p) {
    return out && in && hidden && cell && p && p->sigmoid && stator_lstm_gate_valid(&p->input) &&
           stator_lstm_gate_valid(&p->forget) && stator_lstm_gate_valid(&p->cell) && stator_lstm_gate_valid(&p->output) &&
           p->batches > 0 && p->steps > 0 && p->depth > 0 && p->units > 0;
}

#endif
