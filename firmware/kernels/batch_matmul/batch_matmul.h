/* BATCH_MATMUL: products of matrices; the batches broadcast. Sums of INT8 and INT16 are requantized.
 *
 * Semantics: TFLite INT8 specification with double rounding; INT16 by its 16x8 rules: sums of 64 bits, one rounding. */
#ifndef STATOR_KERNELS_BATCH_MATMUL_H
#define STATOR_KERNELS_BATCH_MATMUL_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_batch_matmul {
    struct stator_pairs batches; /* strides are those between matrices, in elements */
    int32_t rows;                /* of a and of the output */
    int32_t columns;             /* of b and of the output */
    int32_t depth;               /* products in a sum; at most 33025 */
    int32_t a_row_stride, a_depth_stride;
    int32_t b_column_stride, b_depth_stride;
    int32_t a_zero_point; /* from here on not for float; zero points -128..127, 0 for INT16 */
    int32_t b_zero_point;
    int32_t multiplier; /* sum to output, see requantize.h */
    int32_t shift;      /* below 8 for INT16, whose rescaled sums fit 32 bits */
    int32_t output_zero_point;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8, int16 or float [batches][rows][columns], aligned for it, written whole. a, b: as the strides say. out must not
 * overlap them. Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a
 * null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *a, const void *b,                             \
                                                            const struct stator_batch_matmul *p);
#include "batch_matmul/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_batch_matmul_valid(const void *out, const void *a, const void *b, const struct stator_batch_matmul *p) {
    return out && a && b && p && stator_pairs_valid(&p->batches) && p->rows > 0 && p->columns > 0 && p->depth > 0 &&
           p->depth <= 33025;
}

#endif
