/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "squared_difference/squared_difference.h"

int stator_squared_difference_s8__ref(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_squared_difference *p) {
    if (!stator_squared_difference_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t wide_a = (a[at.a] - p->a_zero_point) * (1 << STATOR_SQUARED_DIFFERENCE_LEFT_SHIFT);
        const int32_t wide_b = (b[at.b] - p->b_zero_point) * (1 << STATOR_SQUARED_DIFFERENCE_LEFT_SHIFT);
        const int32_t difference =
            stator_requantize(wide_a, p->a_multiplier, p->a_shift) - stator_requantize(wide_b, p->b_multiplier, p->b_shift);
        const int32_t q =
            stator_requantize(difference * difference, p->output_multiplier, p->output_shift) + p->output_zero_point;
        *out++ = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
    }
    return 0;
}
