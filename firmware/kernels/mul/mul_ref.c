/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "mul/mul.h"

int stator_mul_s8__ref(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_mul *p) {
    if (!stator_mul_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t product = (a[at.a] - p->a_zero_point) * (b[at.b] - p->b_zero_point);
        const int32_t q = stator_requantize(product, p->multiplier, p->shift) + p->output_zero_point;
        *out++ = (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
    }
    return 0;
}
