/* The oracle: readable, never optimised. */
#include "add_n/add_n.h"
#include "common/requantize.h"

static int32_t wide(const struct stator_add_n *p, int32_t q) {
    return stator_requantize((q - p->input_zero_point) * (1 << STATOR_ADD_N_LEFT_SHIFT), p->input_multiplier, p->input_shift);
}

int stator_add_n_s8__ref(void *const *out, const void *const *in, const struct stator_add_n *p) {
    if (!stator_add_n_valid(out, in, p)) {
        return -EINVAL;
    }
    int8_t *to = out[0];
    for (int32_t i = 0; i < p->elements; i++) {
        uint32_t sum = (uint32_t)wide(p, 0); /* not 0 but the wide form of a zero: so the interpreter does it */
        for (int32_t j = 0; j < p->inputs; j++) {
            sum += (uint32_t)wide(p, ((const int8_t *)in[j])[i]);
        }
        const int32_t q = stator_requantize((int32_t)sum, p->output_multiplier, p->output_shift) + p->output_zero_point;
        to[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
    }
    return 0;
}

int stator_add_n_f32__ref(void *const *out, const void *const *in, const struct stator_add_n *p) {
    if (!stator_add_n_valid(out, in, p)) {
        return -EINVAL;
    }
    float *to = out[0];
    for (int32_t i = 0; i < p->elements; i++) {
        float sum = 0.0f;
        for (int32_t j = 0; j < p->inputs; j++) {
            sum += ((const float *)in[j])[i];
        }
        to[i] = sum;
    }
    return 0;
}
