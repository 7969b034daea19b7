/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "cumsum/cumsum.h"

static int32_t wide(const struct stator_cumsum *p, int32_t q) {
    return stator_requantize((q - p->input_zero_point) * (1 << STATOR_CUMSUM_LEFT_SHIFT), p->input_multiplier, p->input_shift);
}

static int8_t narrow(const struct stator_cumsum *p, int32_t sum) {
    const int32_t q = stator_requantize(sum, p->output_multiplier, p->output_shift) + p->output_zero_point;
    return (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
}

/* `sum` starts at `first`, an element x adds `term`, `result` is written; sums of INT8 wrap. */
#define CUMSUM(kernel, type, sum_type, first, add, result)                                                                       \
    int kernel(void *out, const void *in, const struct stator_cumsum *p) {                                                       \
        if (!stator_cumsum_valid(out, in, p)) {                                                                                  \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        for (int32_t row = 0; row < p->outer * p->inner; row++) {                                                                \
            const int32_t start = row / p->inner * p->count * p->inner + row % p->inner;                                         \
            sum_type sum = first;                                                                                                \
            for (int32_t n = 0; n < p->count; n++) {                                                                             \
                const int32_t at = start + (p->reverse ? p->count - 1 - n : n) * p->inner;                                       \
                const type x = ((const type *)in)[at];                                                                           \
                const sum_type before = sum;                                                                                     \
                sum = (sum_type)(add);                                                                                           \
                const sum_type shown = p->exclusive ? before : sum;                                                              \
                ((type *)out)[at] = result;                                                                                      \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

/* The first sum is not 0 but the wide form of a zero: so the interpreter does it. */
CUMSUM(stator_cumsum_s8__ref, int8_t, int32_t, wide(p, 0), (uint32_t)sum + (uint32_t)wide(p, x), narrow(p, shown))
CUMSUM(stator_cumsum_f32__ref, float, float, 0.0f, sum + x, shown)
