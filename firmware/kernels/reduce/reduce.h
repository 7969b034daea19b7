/* SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ALL and REDUCE_ANY over any axes. The sum of INT8 is requantized.
 *
 * Semantics: TFLite INT8 specification with double rounding; floats are taken in the input's order. */
#ifndef STATOR_KERNELS_REDUCE_H
#define STATOR_KERNELS_REDUCE_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_reduce {
    int32_t kept_rank; /* 1..STATOR_MAX_RANK: dimensions of the output, outermost first, and their steps in the input */
    int32_t kept_size[STATOR_MAX_RANK];
    int32_t kept_stride[STATOR_MAX_RANK];
    int32_t rank; /* 1..STATOR_MAX_RANK: dimensions that are reduced */
    int32_t size[STATOR_MAX_RANK];
    int32_t stride[STATOR_MAX_RANK];
    int32_t multiplier; /* from here on for reduce_sum_s8 only; sum to output, see requantize.h */
    int32_t shift;
    int32_t input_zero_point;
    int32_t output_zero_point;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: as many elements as the kept sizes' product, written whole. in: as the strides say. Both are of the type that the kernel's
 * name ends in (s8, f32, or u8 for bool), aligned for it. They must not overlap. Callable from task and interrupt; does not
 * block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is
 * written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_reduce *p);
#include "reduce/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_reduce_valid(const void *out, const void *in, const struct stator_reduce *p) {
    return out && in && p && p->kept_rank > 0 && p->kept_rank <= STATOR_MAX_RANK && p->rank > 0 && p->rank <= STATOR_MAX_RANK;
}

#endif
