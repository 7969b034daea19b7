/* The oracle: readable, never optimised. */
#include "common/fixed_point.h"
#include "l2_normalization/l2_normalization.h"

#include <math.h>

int stator_l2_normalization_s8__ref(void *out, const void *in, const struct stator_l2_normalization *p) {
    if (!stator_l2_normalization_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++) {
        const int8_t *x = (const int8_t *)in + row * p->depth;
        int8_t *y = (int8_t *)out + row * p->depth;
        int32_t sum = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            sum += (x[i] - p->input_zero_point) * (x[i] - p->input_zero_point);
        }
        int32_t shift;
        const int32_t multiplier = stator_inverse_sqrt(sum, &shift);
        for (int32_t i = 0; i < p->depth; i++) {
            const int32_t q = stator_requantize(x[i] - p->input_zero_point, multiplier, shift + 7);
            y[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
        }
    }
    return 0;
}

int stator_l2_normalization_f32__ref(void *out, const void *in, const struct stator_l2_normalization *p) {
    if (!stator_l2_normalization_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++) {
        const float *x = (const float *)in + row * p->depth;
        float *y = (float *)out + row * p->depth;
        float sum = 0.0f;
        for (int32_t i = 0; i < p->depth; i++) {
            sum += x[i] * x[i];
        }
        const float root = sqrtf(sum);
        const float norm = root < 1e-6f ? 1e-6f : root;
        for (int32_t i = 0; i < p->depth; i++) {
            y[i] = x[i] / norm;
        }
    }
    return 0;
}
