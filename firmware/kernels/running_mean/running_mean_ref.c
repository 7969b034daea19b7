/* The oracle: readable, never optimised. */
#include "running_mean/running_mean.h"

#include "common/requantize.h"

int stator_running_mean_s8__ref(int8_t *out, void *sums, const int8_t *fresh, const int8_t *oldest,
                                const struct stator_running_mean *p) {
    if (!stator_running_mean_valid(out, sums, fresh, oldest, p)) {
        return -EINVAL;
    }
    uint32_t *held = sums;
    for (int32_t i = 0; i < p->inner; i++) {
        for (int32_t row = 0; row < p->rows; row++) {
            held[i] += (uint32_t)(fresh[row * p->inner + i] - oldest[row * p->inner + i]);
        }
        const int32_t sum = (int32_t)(held[i] - (uint32_t)(p->input_zero_point * p->count));
        const int32_t q = stator_requantize(sum, p->multiplier, p->shift) + p->output_zero_point;
        out[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
    }
    return 0;
}
