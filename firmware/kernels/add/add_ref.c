/* The oracle: readable, never optimised. */
#include "add/add.h"
#include "common/requantize.h"

int stator_add_s8__ref(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_add *p) {
    if (!stator_add_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t wide_a = (a[at.a] - p->a_zero_point) * (1 << STATOR_ADD_LEFT_SHIFT);
        const int32_t wide_b = (b[at.b] - p->b_zero_point) * (1 << STATOR_ADD_LEFT_SHIFT);
        const int32_t scaled_a = stator_requantize(wide_a, p->a_multiplier, p->a_shift);
        const int32_t scaled_b = stator_requantize(wide_b, p->b_multiplier < 0 ? -p->b_multiplier : p->b_multiplier, p->b_shift);
        const int32_t sum = p->b_multiplier < 0 ? scaled_a - scaled_b : scaled_a + scaled_b;
        const int32_t q = stator_requantize(sum, p->output_multiplier, p->output_shift) + p->output_zero_point;
        *out++ = (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
    }
    return 0;
}
