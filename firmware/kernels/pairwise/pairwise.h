/* Element-wise operations of two tensors that broadcast, where the numbers are what they are: int32 and float arithmetic, the
 * larger or smaller of two INT8 values of one scale, logic on bool.
 *
 * int32 results wrap. Semantics: the TFLite reference kernels.
 */
#ifndef STATOR_KERNELS_PAIRWISE_H
#define STATOR_KERNELS_PAIRWISE_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_pairwise {
    struct stator_pairs over;
    float activation_min; /* used by add, sub, mul and div of floats; a result that is not a number passes */
    float activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: of over's shape, written whole. a, b: as over's strides say. All are of the type that the kernel's name ends in (s8, s32,
 * f32, or u8 for bool, 0 and 1), aligned for it. out may be an operand that is not broadcast, and b may be a. Division of
 * integers by 0 gives 0. Callable from task and interrupt; does not block; no static state; stack under 256 bytes.
 * Returns 0; -EINVAL (a null pointer, or a shape out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *a, const void *b,                             \
                                                            const struct stator_pairwise *p);
#include "pairwise/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_pairwise_valid(const void *out, const void *a, const void *b, const struct stator_pairwise *p) {
    return out && a && b && p && stator_pairs_valid(&p->over);
}

#endif
