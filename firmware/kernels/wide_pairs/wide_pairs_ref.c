/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "wide_pairs/wide_pairs.h"

static int32_t scaled(int16_t x, int32_t multiplier, int32_t shift) {
    return stator_requantize(x * (1 << STATOR_WIDE_PAIRS_LEFT_SHIFT), multiplier, shift);
}

static int16_t finish(int32_t value, const struct stator_wide_pairs *p) {
    return (int16_t)stator_clamp(stator_requantize(value, p->multiplier, p->shift), p->activation_min, p->activation_max);
}

int stator_add_s16__ref(int16_t *out, const int16_t *a, const int16_t *b, const struct stator_wide_pairs *p) {
    if (!stator_wide_pairs_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        const int32_t scaled_a = scaled(a[at.a], p->a_multiplier, p->a_shift);
        const int32_t scaled_b = scaled(b[at.b], p->b_multiplier < 0 ? -p->b_multiplier : p->b_multiplier, p->b_shift);
        *out++ = finish(p->b_multiplier < 0 ? scaled_a - scaled_b : scaled_a + scaled_b, p);
    }
    return 0;
}

int stator_mul_s16__ref(int16_t *out, const int16_t *a, const int16_t *b, const struct stator_wide_pairs *p) {
    if (!stator_wide_pairs_valid(out, a, b, p)) {
        return -EINVAL;
    }
    for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {
        *out++ = finish(a[at.a] * b[at.b], p);
    }
    return 0;
}
