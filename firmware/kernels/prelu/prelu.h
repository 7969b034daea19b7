/* PRELU, INT8: x above the zero point, else x * alpha; input and alpha broadcast.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_PRELU_H
#define STATOR_KERNELS_PRELU_H

#include "common/kernel.h"
#include "common/pairs.h"

struct stator_prelu {
    struct stator_pairs over; /* a is the input, b is alpha */
    int32_t input_zero_point; /* -128..127 */
    int32_t alpha_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input to output, see requantize.h */
    int32_t shift;
    int32_t alpha_multiplier; /* input times alpha to output */
    int32_t alpha_shift;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8, of over's shape, written whole. in, alpha: int8, as over's strides say. out may be an operand that is not broadcast,
 * and alpha may be in. No alignment is asked for. Callable from task and interrupt; does not block; no static state; stack under
 * 128 bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const int8_t *alpha,                  \
                                                            const struct stator_prelu *p);
#include "prelu/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_prelu_valid(const int8_t *out, const int8_t *in, const int8_t *alpha, const struct stator_prelu *p) {
    return out && in && alpha && p && stator_pairs_valid(&p->over);
}

#endif
