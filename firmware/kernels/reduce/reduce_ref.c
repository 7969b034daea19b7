/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "reduce/reduce.h"

#include <float.h>

static int32_t product(const int32_t *size, int32_t rank) {
    int32_t count = 1;
    for (int32_t d = 0; d < rank; d++) {
        count *= size[d];
    }
    return count;
}

/* Where element number `number` of a box lies. */
static int32_t place(int32_t number, const int32_t *size, const int32_t *stride, int32_t rank) {
    int32_t at = 0;
    for (int32_t d = rank - 1; d >= 0; d--) {
        at += number % size[d] * stride[d];
        number /= size[d];
    }
    return at;
}

static int32_t finish(int32_t sum, int32_t count, const struct stator_reduce *p) {
    return stator_requantize(sum - p->input_zero_point * count, p->multiplier, p->shift) + p->output_zero_point;
}

/* `total` starts at `first`, an element x makes it `step`, and `result` is written. */
#define REDUCE(kernel, type, total_type, first, step, result)                                                                    \
    int kernel(void *out, const void *in, const struct stator_reduce *p) {                                                       \
        if (!stator_reduce_valid(out, in, p)) {                                                                                  \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        const int32_t outputs = product(p->kept_size, p->kept_rank), count = product(p->size, p->rank);                          \
        for (int32_t o = 0; o < outputs; o++) {                                                                                  \
            const type *start = (const type *)in + place(o, p->kept_size, p->kept_stride, p->kept_rank);                         \
            total_type total = first;                                                                                            \
            for (int32_t n = 0; n < count; n++) {                                                                                \
                const type x = start[place(n, p->size, p->stride, p->rank)];                                                     \
                total = (total_type)(step);                                                                                      \
            }                                                                                                                    \
            ((type *)out)[o] = result;                                                                                           \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

REDUCE(stator_reduce_sum_s8__ref, int8_t, int32_t, 0, total + x,
       (int8_t)stator_clamp(finish(total, count, p), INT8_MIN, INT8_MAX))
REDUCE(stator_reduce_sum_s16__ref, int16_t, int32_t, 0, total + x,
       (int16_t)stator_clamp(finish(total, count, p), INT16_MIN, INT16_MAX))
REDUCE(stator_reduce_max_s8__ref, int8_t, int8_t, INT8_MIN, x > total ? x : total, total)
REDUCE(stator_reduce_min_s8__ref, int8_t, int8_t, INT8_MAX, x < total ? x : total, total)
REDUCE(stator_reduce_sum_f32__ref, float, float, 0.0f, x + total, total)
REDUCE(stator_reduce_mean_f32__ref, float, float, 0.0f, x + total, total / (float)count)
REDUCE(stator_reduce_prod_f32__ref, float, float, 1.0f, x *total, total)
REDUCE(stator_reduce_max_f32__ref, float, float, -FLT_MAX, x > total ? x : total, total)
REDUCE(stator_reduce_min_f32__ref, float, float, FLT_MAX, x < total ? x : total, total)
REDUCE(stator_reduce_all_u8__ref, uint8_t, uint8_t, 1, x &&total, total)
REDUCE(stator_reduce_any_u8__ref, uint8_t, uint8_t, 0, x || total, total)
