/* The oracle: readable, never optimised. */
#include "common/nibbles.h"
#include "common/requantize.h"
#include "fully_connected/fully_connected.h"

static int32_t weight(const struct stator_fully_connected *p, int32_t unit, int32_t d, int four_bits) {
    return four_bits ? stator_nibble(p->weights + unit * stator_nibble_bytes(p->depth), d) : p->weights[unit * p->depth + d];
}

static int multiply(int8_t *out, const int8_t *in, const struct stator_fully_connected *p, int four_bits) {
    if (!stator_fully_connected_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++) {
        for (int32_t unit = 0; unit < p->units; unit++) {
            int32_t acc = 0;
            for (int32_t d = 0; d < p->depth; d++) {
                acc += (in[row * p->depth + d] - p->input_zero_point) * weight(p, unit, d, four_bits);
            }
            if (p->bias) {
                acc += p->bias[unit];
            }
            const int32_t channel = p->per_channel ? unit : 0;
            const int32_t y = stator_requantize(acc, p->multiplier[channel], p->shift[channel]) + p->output_zero_point;
            out[row * p->units + unit] = (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
        }
    }
    return 0;
}

int stator_fully_connected_s8__ref(int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    return multiply(out, in, p, 0);
}

int stator_fully_connected_s8_s4__ref(int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    return multiply(out, in, p, 1);
}
