/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "lstm/lstm.h"

#include <string.h>

static int32_t to_int16(int32_t x) {
    return stator_clamp(x, INT16_MIN, INT16_MAX);
}

/* Between entries of the table, `fraction` of 2^bits beyond entry `at`; 2^(16 + bits) is 1. The caller sees to at < 255. */
static int32_t between(const uint16_t *table, int32_t at, int32_t fraction, int32_t bits) {
    return ((int32_t)table[at] << bits) + fraction * (table[at + 1] - table[at]);
}

/* Q3.12 to Q0.15. */
static int32_t sigmoid(const uint16_t *table, int32_t x) {
    const int32_t scaled = 3 * x;
    const int32_t size = scaled < 0 ? -scaled : scaled;
    const int32_t at = size >> 9;
    const int32_t share = at >= 255 ? 0x7fff << 10 : between(table, at, size & 0x1ff, 9);
    return (scaled >= 0 ? share + (1 << 9) : (1 << 25) - share + (1 << 9) - 1) >> 10;
}

/* tanh(x) = 2 sigmoid(2 x) - 1: Q3.12, still to be shifted, to Q0.15. */
static int32_t tanh_q15(const uint16_t *table, int32_t x, int32_t shift) {
    const int32_t scaled = shift >= 0 ? x * (3 << shift) : (3 * x + (1 << (-shift - 1))) >> -shift;
    const int32_t size = scaled < 0 ? -scaled : scaled;
    const int32_t at = size >> 8;
    const int32_t share = at >= 255 ? 0xffff << 8 : between(table, at, size & 0xff, 8);
    return (scaled >= 0 ? share - (1 << 23) + (1 << 7) : -share + (1 << 23) + (1 << 7) - 1) >> 8;
}

/* Rescaled sums of products, as INT8 and as INT16 activations have them. */
static int32_t rescaled_s8(int32_t sum, int32_t multiplier, int32_t shift) {
    return to_int16(stator_requantize(sum, multiplier, shift));
}

static int32_t rescaled_s16(int64_t sum, int32_t multiplier, int32_t shift) {
    return to_int16(stator_requantize_wide(sum, multiplier, shift));
}

/* One unit's cell state after a step, of its gates. */
static int32_t cell_after(const struct stator_lstm *p, int32_t cell, int32_t forget_in, int32_t input_in, int32_t update_in) {
    const int32_t forget = sigmoid(p->sigmoid, forget_in);
    const int32_t input = sigmoid(p->sigmoid, input_in);
    const int32_t update = tanh_q15(p->sigmoid, update_in, 0);
    const int32_t kept = to_int16(stator_requantize(forget * cell, p->forget_multiplier, p->forget_shift));
    const int32_t added = to_int16(stator_requantize(input * update, p->update_multiplier, p->update_shift));
    const int32_t sum = to_int16(kept + added);
    return p->cell_clip > 0 ? stator_clamp(sum, -p->cell_clip, p->cell_clip) : sum;
}

/* What one unit shows of its cell state. */
static int32_t shown(const struct stator_lstm *p, int32_t cell, int32_t output_in) {
    const int32_t product = tanh_q15(p->sigmoid, cell, p->cell_shift) * sigmoid(p->sigmoid, output_in);
    return stator_requantize(product, p->hidden_multiplier, p->hidden_shift) + p->hidden_zero_point;
}

/* LSTM of activations of a type; sums and biases are of another. gate: what goes into a gate's function for one unit. */
#define LSTM(name, type, sum_type, rescaled, least, most)                                                                        \
    static int32_t gate_##name(const struct stator_lstm_gate *g, const struct stator_lstm *p, const type *in,                    \
                               const type *hidden, int32_t unit) {                                                               \
        const int8_t *input_weights = g->input_weights + unit * p->depth;                                                        \
        const int8_t *recurrent_weights = g->recurrent_weights + unit * p->units;                                                \
        sum_type from_input = ((const sum_type *)g->bias)[unit], from_hidden = 0;                                                \
        for (int32_t i = 0; i < p->depth; i++) {                                                                                 \
            from_input += input_weights[i] * (in[i] - p->input_zero_point);                                                      \
        }                                                                                                                        \
        for (int32_t i = 0; i < p->units; i++) {                                                                                 \
            from_hidden += recurrent_weights[i] * (hidden[i] - p->hidden_zero_point);                                            \
        }                                                                                                                        \
        return to_int16(rescaled(from_input, g->input_multiplier, g->input_shift) +                                              \
                        rescaled(from_hidden, g->recurrent_multiplier, g->recurrent_shift));                                     \
    }                                                                                                                            \
                                                                                                                                 \
    int name(void *out, const void *in, void *hidden, int16_t *cell, const struct stator_lstm *p) {                              \
        if (!stator_lstm_valid(out, in, hidden, cell, p)) {                                                                      \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *held = hidden;                                                                                                     \
        for (int32_t batch = 0; batch < p->batches; batch++, held += p->units, cell += p->units) {                               \
            for (int32_t t = 0; t < p->steps; t++) {                                                                             \
                const int32_t at = p->time_major ? t * p->batches + batch : batch * p->steps + t;                                \
                const type *x = (const type *)in + at * p->depth;                                                                \
                type *y = (type *)out + at * p->units;                                                                           \
                for (int32_t unit = 0; unit < p->units; unit++) {                                                                \
                    const int32_t forget = gate_##name(&p->forget, p, x, held, unit);                                            \
                    const int32_t input = gate_##name(&p->input, p, x, held, unit);                                              \
                    const int32_t update = gate_##name(&p->cell, p, x, held, unit);                                              \
                    cell[unit] = (int16_t)cell_after(p, cell[unit], forget, input, update);                                      \
                    y[unit] = (type)stator_clamp(shown(p, cell[unit], gate_##name(&p->output, p, x, held, unit)), least, most);  \
                }                                                                                                                \
                memcpy(held, y, (size_t)p->units * sizeof(type)); /* not earlier: every unit reads all of what was */            \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

LSTM(stator_lstm_s8__ref, int8_t, int32_t, rescaled_s8, INT8_MIN, INT8_MAX)
LSTM(stator_lstm_s16__ref, int16_t, int64_t, rescaled_s16, INT16_MIN, INT16_MAX)
