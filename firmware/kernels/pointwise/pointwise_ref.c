/* The oracle: readable, never optimised. */
#include "pointwise/pointwise.h"

#include <math.h>

/* One kernel: `type` is the element, x is one of them, the expression is the output's. */
#define POINTWISE(kernel, type, expression)                                                                                      \
    int kernel(void *out, const void *in, const struct stator_pointwise *p) {                                                    \
        if (!stator_pointwise_valid(out, in, p)) {                                                                               \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        const type *from = in;                                                                                                   \
        type *to = out;                                                                                                          \
        for (int32_t i = 0; i < p->elements; i++) {                                                                              \
            const type x = from[i];                                                                                              \
            to[i] = (type)(expression);                                                                                          \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

/* Beyond these, 1 + exp(-x) is 1, and exp(x) alone is closer. */
static float logistic(float x) {
    if (x > 16.619047164916992f) {
        return 1.0f;
    }
    return x < -9.0f ? expf(x) : 1.0f / (1.0f + expf(-x));
}

static float hard_swish(float x) {
    const float shifted = x + 3.0f;
    const float low = shifted > 0.0f ? shifted : 0.0f;
    return x * (low < 6.0f ? low : 6.0f) / 6.0f;
}

/* Halves go to the even number, whatever the rounding mode. */
static float round_to_even(float x) {
    const float below = floorf(x);
    const float over = x - below;
    if (over < 0.5f || (over == 0.5f && fmodf(below, 2.0f) == 0.0f)) {
        return below;
    }
    return below + 1.0f;
}

POINTWISE(stator_abs_f32__ref, float, fabsf(x))
POINTWISE(stator_neg_f32__ref, float, -x)
POINTWISE(stator_square_f32__ref, float, x *x)
POINTWISE(stator_sqrt_f32__ref, float, sqrtf(x))
POINTWISE(stator_rsqrt_f32__ref, float, 1.0f / sqrtf(x))
POINTWISE(stator_exp_f32__ref, float, expf(x))
POINTWISE(stator_log_f32__ref, float, logf(x))
POINTWISE(stator_sin_f32__ref, float, sinf(x))
POINTWISE(stator_cos_f32__ref, float, cosf(x))
POINTWISE(stator_tanh_f32__ref, float, tanhf(x))
POINTWISE(stator_logistic_f32__ref, float, logistic(x))
POINTWISE(stator_floor_f32__ref, float, floorf(x))
POINTWISE(stator_ceil_f32__ref, float, ceilf(x))
POINTWISE(stator_round_f32__ref, float, round_to_even(x))
POINTWISE(stator_relu_f32__ref, float, x < 0.0f ? 0.0f : x)
POINTWISE(stator_relu6_f32__ref, float, x > 6.0f ? 6.0f : x < 0.0f ? 0.0f : x)
POINTWISE(stator_relu_n1_to_1_f32__ref, float, x > 1.0f ? 1.0f : x < -1.0f ? -1.0f : x)
POINTWISE(stator_leaky_relu_f32__ref, float, x > 0.0f ? x : x * p->slope)
POINTWISE(stator_elu_f32__ref, float, x < 0.0f ? expm1f(x) : x)
POINTWISE(stator_hard_swish_f32__ref, float, hard_swish(x))
POINTWISE(stator_logical_not_u8__ref, uint8_t, !x)
