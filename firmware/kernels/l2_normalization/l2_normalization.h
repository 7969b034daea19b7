/* L2_NORMALIZATION over the last axis: each row divided by the root of its sum of squares. The INT8 output has scale 1/128 and
 * zero point 0.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_L2_NORMALIZATION_H
#define STATOR_KERNELS_L2_NORMALIZATION_H

#include "common/kernel.h"

struct stator_l2_normalization {
    int32_t rows;
    int32_t depth;            /* 1..33025 for INT8: the sum of squares fits 32 bits */
    int32_t input_zero_point; /* -128..127, for INT8 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: int8 or float [rows][depth], aligned for it. out may be in. Callable from task and interrupt; does not
 * block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is
 * written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_l2_normalization *p);
#include "l2_normalization/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_l2_normalization_valid(const void *out, const void *in, const struct stator_l2_normalization *p) {
    return out && in && p && p->rows > 0 && p->depth > 0 && p->depth <= 33025;
}

#endif
