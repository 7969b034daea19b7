/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "quantize/quantize.h"

int stator_quantize_s8__ref(int8_t *out, const int8_t *in, const struct stator_quantize *p) {
    if (!out || !in || !p || p->elements < 1) {
        return -EINVAL;
    }
    for (int32_t i = 0; i < p->elements; i++) {
        const int32_t q = stator_requantize(in[i] - p->input_zero_point, p->multiplier, p->shift) + p->output_zero_point;
        out[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
    }
    return 0;
}
