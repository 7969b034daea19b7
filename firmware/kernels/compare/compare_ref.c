/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "compare/compare.h"

static int32_t scaled(int8_t q, int32_t zero_point, int32_t multiplier, int32_t shift) {
    return stator_requantize((q - zero_point) * (1 << STATOR_COMPARE_LEFT_SHIFT), multiplier, shift);
}

#define OUTCOME(x, y)                                                                                                            \
    ((x) < (y)    ? STATOR_COMPARE_LESS                                                                                          \
     : (x) > (y)  ? STATOR_COMPARE_MORE                                                                                          \
     : (x) == (y) ? STATOR_COMPARE_SAME                                                                                          \
                  : STATOR_COMPARE_UNORDERED)

/* `type` is an operand's element, x and y are made of one of each by the expressions. */
#define COMPARE(kernel, type, wide, of_a, of_b)                                                                                  \
    int kernel(void *out, const void *a, const void *b, const struct stator_compare *p) {                                        \
        if (!stator_compare_valid(out, a, b, p)) {                                                                               \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        uint8_t *answer = out;                                                                                                   \
        for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {        \
            const type xa = ((const type *)a)[at.a];                                                                             \
            const type xb = ((const type *)b)[at.b];                                                                             \
            const wide x = of_a;                                                                                                 \
            const wide y = of_b;                                                                                                 \
            *answer++ = (p->accepts & OUTCOME(x, y)) != 0;                                                                       \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

COMPARE(stator_compare_s8__ref, int8_t, int32_t, scaled(xa, p->a_zero_point, p->a_multiplier, p->a_shift),
        scaled(xb, p->b_zero_point, p->b_multiplier, p->b_shift))
COMPARE(stator_compare_u8__ref, uint8_t, uint8_t, xa, xb)
COMPARE(stator_compare_s32__ref, int32_t, int32_t, xa, xb)
COMPARE(stator_compare_f32__ref, float, float, xa, xb)
