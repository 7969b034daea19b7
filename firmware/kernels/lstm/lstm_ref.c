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

/* What goes into a gate's function for one unit. */
static int32_t gate(const struct stator_lstm_gate *g, const struct stator_lstm *p, const int8_t *in, const int8_t *hidden,
                    int32_t unit) {
    const int8_t *input_weights = g->input_weights + unit * p->depth;
    const int8_t *recurrent_weights = g->recurrent_weights + unit * p->units;
    int32_t from_input = g->bias[unit];
    for (int32_t i = 0; i < p->depth; i++) {
        from_input += input_weights[i] * (in[i] - p->input_zero_point);
    }
    int32_t from_hidden = 0;
    for (int32_t i = 0; i < p->units; i++) {
        from_hidden += recurrent_weights[i] * (hidden[i] - p->hidden_zero_point);
    }
    return to_int16(to_int16(stator_requantize(from_input, g->input_multiplier, g->input_shift)) +
                    to_int16(stator_requantize(from_hidden, g->recurrent_multiplier, g->recurrent_shift)));
}

/* One unit's cell state and output after a step. */
static int8_t step(const struct stator_lstm *p, const int8_t *in, const int8_t *hidden, int16_t *cell, int32_t unit) {
    const int32_t forget = sigmoid(p->sigmoid, gate(&p->forget, p, in, hidden, unit));
    const int32_t input = sigmoid(p->sigmoid, gate(&p->input, p, in, hidden, unit));
    const int32_t update = tanh_q15(p->sigmoid, gate(&p->cell, p, in, hidden, unit), 0);
    const int32_t output = sigmoid(p->sigmoid, gate(&p->output, p, in, hidden, unit));
    const int32_t kept = to_int16(stator_requantize(forget * cell[unit], p->forget_multiplier, p->forget_shift));
    const int32_t added = to_int16(stator_requantize(input * update, p->update_multiplier, p->update_shift));
    const int32_t sum = to_int16(kept + added);
    cell[unit] = (int16_t)(p->cell_clip > 0 ? stator_clamp(sum, -p->cell_clip, p->cell_clip) : sum);
    const int32_t shown = tanh_q15(p->sigmoid, cell[unit], p->cell_shift) * output;
    const int32_t q = stator_requantize(shown, p->hidden_multiplier, p->hidden_shift) + p->hidden_zero_point;
    return (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
}

int stator_lstm_s8__ref(int8_t *out, const int8_t *in, int8_t *hidden, int16_t *cell, const struct stator_lstm *p) {
    if (!stator_lstm_valid(out, in, hidden, cell, p)) {
        return -EINVAL;
    }
    for (int32_t batch = 0; batch < p->batches; batch++, hidden += p->units, cell += p->units) {
        for (int32_t t = 0; t < p->steps; t++) {
            const int32_t at = p->time_major ? t * p->batches + batch : batch * p->steps + t;
            int8_t *y = out + at * p->units;
            for (int32_t unit = 0; unit < p->units; unit++) {
                y[unit] = step(p, in + at * p->depth, hidden, cell, unit);
            }
            memcpy(hidden, y, (size_t)p->units); /* not earlier: every unit reads all of what was */
        }
    }
    return 0;
}
