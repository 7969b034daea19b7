/* The oracle: readable, never optimised. */
#include "common/fixed_point.h"
#include "div/div.h"

/* x / y for y > 0, on the output's scale. */
static int32_t quotient(int32_t x, int32_t y, const struct stator_div *p) {
    int32_t over;
    const int32_t inverse = stator_reciprocal(y, 31, &over);
    const int32_t above_sign = x < 0 ? ~x : x;
    const int32_t headroom = above_sign ? stator_leading_zeros(above_sign) - 1 : 31;
    const int32_t fine = stator_doubling_high_mul(stator_shift_left(x, headroom), inverse);
    const int32_t right = over + headroom - p->shift;
    return right > 31 ? 0 : stator_rounding_shift_right(stator_doubling_high_mul(fine, p->multiplier), right);
}

int stator_div_s8__ref(int8_t *out, const int8_t *a, const int8_t *b, const struct stator_div *p) {
    if (!stator_div_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t x = a[at.a] - p->a_zero_point;
        const int32_t y = b[at.b] - p->b_zero_point;
        int32_t q;
        if (y == 0) {
            q = x < 0 ? p->activation_min : p->activation_max;
        } else {
            q = quotient(y < 0 ? -x : x, y < 0 ? -y : y, p) + p->output_zero_point;
        }
        *out++ = (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
    }
    return 0;
}
