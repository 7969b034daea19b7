/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "mean/mean.h"

int stator_mean_s8__ref(int8_t *out, const int8_t *in, const struct stator_mean *p) {
    if (!stator_mean_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t o = 0; o < p->outer; o++) {
        for (int32_t i = 0; i < p->inner; i++) {
            int32_t sum = 0;
            for (int32_t n = 0; n < p->count; n++) {
                sum += in[(o * p->count + n) * p->inner + i];
            }
            sum -= p->input_zero_point * p->count;
            const int32_t q = stator_requantize(sum, p->multiplier, p->shift) + p->output_zero_point;
            out[o * p->inner + i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
        }
    }
    return 0;
}
