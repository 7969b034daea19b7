/* The same numbers under another scale, element by element, from or to INT16: RELU, RELU6, LEAKY_RELU and QUANTIZE.
 *
 * With x = in[i] - input_zero_point: out[i] = clamp(y + output_zero_point), where y is requantize(x) with multiplier and shift
 * for x not below 0, and with the others, negated where below_negated says so, for x below 0. Semantics: TFLite's 16x8 rules,
 * with double rounding.
 */
#ifndef STATOR_KERNELS_RESCALE_H
#define STATOR_KERNELS_RESCALE_H

#include "common/kernel.h"

struct stator_rescale {
    int32_t elements;
    int32_t input_zero_point; /* in the input's range */
    int32_t multiplier;       /* with shift: see requantize.h */
    int32_t shift;
    int32_t below_multiplier;
    int32_t below_shift;
    int32_t below_negated; /* 0 or 1 */
    int32_t output_zero_point;
    int32_t low; /* in the output's range, not above high */
    int32_t high;
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: elements of the types that the kernel's name ends in, input first, aligned for them. out may be in where both have one
 * size. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, or elements below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(void *out, const void *in, const struct stator_rescale *p);
#include "rescale/kernels.inc"
#undef STATOR_KERNEL

#endif
