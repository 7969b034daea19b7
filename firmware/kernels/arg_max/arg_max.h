/* ARG_MAX and ARG_MIN: where along an axis the largest or the smallest element lies; the first of equal ones. */
#ifndef STATOR_KERNELS_ARG_MAX_H
#define STATOR_KERNELS_ARG_MAX_H

#include "common/kernel.h"

struct stator_arg_max {
    int32_t outer;
    int32_t count; /* elements along the axis */
    int32_t inner;
    int32_t smallest;     /* 0: ARG_MAX, 1: ARG_MIN */
    int32_t output_bytes; /* 4: out is int32, 8: int64 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int32 or int64 [outer][inner], aligned for it, written whole. in: int8 or float [outer][count][inner], aligned for it. out
 * and in must not overlap. Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0;
 * -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_arg_max *p);
#include "arg_max/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_arg_max_valid(const void *out, const void *in, const struct stator_arg_max *p) {
    return out && in && p && p->outer > 0 && p->count > 0 && p->inner > 0 && (p->output_bytes == 4 || p->output_bytes == 8);
}

#endif
