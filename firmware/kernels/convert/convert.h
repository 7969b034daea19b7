/* CAST from one element type to another, DEQUANTIZE to float and QUANTIZE from float: out[i] = f(in[i]).
 *
 * A float becomes the whole number toward zero; what is beyond the type, its nearest end; what is not a number, 0. Wider integers
 * lose their upper bits. Semantics: the TFLite reference kernels, which leave the former open.
 */
#ifndef STATOR_KERNELS_CONVERT_H
#define STATOR_KERNELS_CONVERT_H

#include "common/kernel.h"

struct stator_convert {
    int32_t elements;
    float scale; /* of quantize and dequantize, above 0 */
    int32_t zero_point;
};

/* Every variant in kernels.inc computes the same bytes.
 * A kernel is called <what>_<type of in>_<type of out>: s8, u8 (also bool as input), s32, s64, f32, b8 (bool as output).
 * out, in: [elements], aligned for their types, not overlapping unless they are the same bytes and the types have one size.
 * Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer,
 * or elements below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_convert *p);
#include "convert/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_convert_valid(const void *out, const void *in, const struct stator_convert *p) {
    return out && in && p && p->elements > 0;
}

#endif
