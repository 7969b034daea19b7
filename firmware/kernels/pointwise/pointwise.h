/* Element-wise functions of one tensor of floats, and NOT of bools: out[i] = f(in[i]). (Functions of INT8 go through lookup/.)
 *
 * Semantics: the TFLite reference kernels. Transcendental functions are those of the C library, so that their last bit is the
 * library's.
 */
#ifndef STATOR_KERNELS_POINTWISE_H
#define STATOR_KERNELS_POINTWISE_H

#include "common/kernel.h"

struct stator_pointwise {
    int32_t elements;
    float slope; /* of LEAKY_RELU below 0 */
};

/* Every variant in kernels.inc computes the same bytes, with one C library.
 * out, in: [elements] of the type that the kernel's name ends in (f32, or u8 for bool, 0 and 1), aligned for it. out may be in.
 * Callable from task and interrupt; does not block; no static state; stack under 64 bytes and what the C library's function
 * takes. Returns 0; -EINVAL (a null pointer, or elements below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_pointwise *p);
#include "pointwise/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_pointwise_valid(const void *out, const void *in, const struct stator_pointwise *p) {
    return out && in && p && p->elements > 0;
}

#endif
