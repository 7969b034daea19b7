/* The oracle: readable, never optimised. */
#include "pairwise/pairwise.h"

#include <math.h>

/* One kernel: `type` is the element, x and y are one of each operand, the expression is the output's. */
#define PAIRWISE(kernel, type, expression)                                                                                       \
    int kernel(void *out, const void *a, const void *b, const struct stator_pairwise *p) {                                       \
        if (!stator_pairwise_valid(out, a, b, p)) {                                                                              \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *result = out;                                                                                                      \
        for (struct stator_pair at = stator_first_pair(&p->over); stator_is_pair(&at); stator_next_pair(&at, &p->over)) {        \
            const type x = ((const type *)a)[at.a];                                                                              \
            const type y = ((const type *)b)[at.b];                                                                              \
            *result++ = (type)(expression);                                                                                      \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

/* The order of the comparisons lets what is not a number pass. */
static float clamp(float x, const struct stator_pairwise *p) {
    if (x < p->activation_min) {
        return p->activation_min;
    }
    return x > p->activation_max ? p->activation_max : x;
}

/* The remainder with the divisor's sign. */
static int32_t modulo(int32_t x, int32_t y) {
    if (y == 0 || y == -1) {
        return 0;
    }
    const int32_t rest = x % y;
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static float modulo_f32(float x, float y) {
    const float rest = fmodf(x, y);
    return rest != 0.0f && (rest < 0.0f) != (y < 0.0f) ? rest + y : rest;
}

/* The quotient rounded down. */
static int32_t quotient(int32_t x, int32_t y) {
    if (y == 0) {
        return 0;
    }
    return (int32_t)(((int64_t)x - modulo(x, y)) / y);
}

PAIRWISE(stator_add_f32__ref, float, clamp(x + y, p))
PAIRWISE(stator_sub_f32__ref, float, clamp(x - y, p))
PAIRWISE(stator_mul_f32__ref, float, clamp(x *y, p))
PAIRWISE(stator_div_f32__ref, float, clamp(x / y, p))
PAIRWISE(stator_squared_difference_f32__ref, float, (x - y) * (x - y))
PAIRWISE(stator_maximum_f32__ref, float, x > y ? x : y)
PAIRWISE(stator_minimum_f32__ref, float, x < y ? x : y)
PAIRWISE(stator_floor_div_f32__ref, float, floor((double)x / (double)y))
PAIRWISE(stator_floor_mod_f32__ref, float, modulo_f32(x, y))
PAIRWISE(stator_prelu_f32__ref, float, x >= 0.0f ? x : x * y)
PAIRWISE(stator_add_s32__ref, int32_t, (uint32_t)x + (uint32_t)y)
PAIRWISE(stator_sub_s32__ref, int32_t, (uint32_t)x - (uint32_t)y)
PAIRWISE(stator_mul_s32__ref, int32_t, (uint32_t)x *(uint32_t)y)
PAIRWISE(stator_maximum_s32__ref, int32_t, x > y ? x : y)
PAIRWISE(stator_minimum_s32__ref, int32_t, x < y ? x : y)
PAIRWISE(stator_floor_div_s32__ref, int32_t, quotient(x, y))
PAIRWISE(stator_floor_mod_s32__ref, int32_t, modulo(x, y))
PAIRWISE(stator_maximum_s8__ref, int8_t, x > y ? x : y)
PAIRWISE(stator_minimum_s8__ref, int8_t, x < y ? x : y)
PAIRWISE(stator_logical_and_u8__ref, uint8_t, x &&y)
PAIRWISE(stator_logical_or_u8__ref, uint8_t, x || y)
