/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "prelu/prelu.h"

int stator_prelu_s8__ref(int8_t *out, const int8_t *in, const int8_t *alpha, const struct stator_prelu *p) {
    if (!stator_prelu_valid(out, in, alpha, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t x = in[at.a] - p->input_zero_point;
        int32_t q;
        if (x >= 0) {
            q = stator_requantize(x, p->multiplier, p->shift);
        } else {
            q = stator_requantize(x * (alpha[at.b] - p->alpha_zero_point), p->alpha_multiplier, p->alpha_shift);
        }
        *out++ = (int8_t)stator_clamp(q + p->output_zero_point, INT8_MIN, INT8_MAX);
    }
    return 0;
}
