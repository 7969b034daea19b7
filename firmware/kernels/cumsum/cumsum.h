/* CUMSUM: running sums along an axis. INT8 is summed with 20 bits of headroom, then requantized.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_CUMSUM_H
#define STATOR_KERNELS_CUMSUM_H

#include "common/kernel.h"

#define STATOR_CUMSUM_LEFT_SHIFT 20

struct stator_cumsum {
    int32_t outer;
    int32_t count; /* elements along the axis */
    int32_t inner;
    int32_t exclusive;        /* 1: without the element itself */
    int32_t reverse;          /* 1: from the end */
    int32_t input_zero_point; /* from here on for cumsum_s8 only: -128..127 */
    int32_t input_multiplier; /* see requantize.h; shifts are not positive */
    int32_t input_shift;
    int32_t output_zero_point;
    int32_t output_multiplier;
    int32_t output_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: int8 or float [outer][count][inner], aligned for it. out may be in. Callable from task and interrupt; does not
 * block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is
 * written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_cumsum *p);
#include "cumsum/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_cumsum_valid(const void *out, const void *in, const struct stator_cumsum *p) {
    return out && in && p && p->outer > 0 && p->count > 0 && p->inner > 0 && p->input_shift <= 0 && p->output_shift <= 0;
}

#endif
