/* The oracle: readable, never optimised. */
#include "batch_matmul/batch_matmul.h"
#include "common/requantize.h"

static int8_t finish_s8(int32_t sum, const struct stator_batch_matmul *p) {
    const int32_t q = stator_requantize(sum, p->multiplier, p->shift) + p->output_zero_point;
    return (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
}

static int16_t finish_s16(int64_t sum, const struct stator_batch_matmul *p) {
    return (int16_t)stator_clamp(stator_requantize_wide(sum, p->multiplier, p->shift), INT16_MIN, INT16_MAX);
}

/* x and y are an element of each matrix, the sum starts at 0, and `result` is written. */
#define BATCH_MATMUL(kernel, type, sum_type, product, result)                                                                    \
    int kernel(void *out, const void *a, const void *b, const struct stator_batch_matmul *p) {                                   \
        if (!stator_batch_matmul_valid(out, a, b, p)) {                                                                          \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *to = out;                                                                                                          \
        for (struct stator_pair at = stator_first_pair(&p->batches); stator_is_pair(&at); stator_next_pair(&at, &p->batches)) {  \
            for (int32_t row = 0; row < p->rows; row++) {                                                                        \
                for (int32_t column = 0; column < p->columns; column++) {                                                        \
                    const type *in_a = (const type *)a + at.a + row * p->a_row_stride;                                           \
                    const type *in_b = (const type *)b + at.b + column * p->b_column_stride;                                     \
                    sum_type sum = 0;                                                                                            \
                    for (int32_t k = 0; k < p->depth; k++) {                                                                     \
                        const sum_type x = in_a[k * p->a_depth_stride], y = in_b[k * p->b_depth_stride];                         \
                        sum += product;                                                                                          \
                    }                                                                                                            \
                    *to++ = result;                                                                                              \
                }                                                                                                                \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

BATCH_MATMUL(stator_batch_matmul_s8__ref, int8_t, int32_t, (x - p->a_zero_point) * (y - p->b_zero_point), finish_s8(sum, p))
BATCH_MATMUL(stator_batch_matmul_s16__ref, int16_t, int64_t, x *y, finish_s16(sum, p))
BATCH_MATMUL(stator_batch_matmul_f32__ref, float, float, x *y, sum)
