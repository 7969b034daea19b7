/* QUANTIZE from INT8 to INT8: the same numbers under another scale and zero point.
 *
 * out[i] = requantize(in[i] - input_zero_point) + output_zero_point. Semantics: TFLite INT8 specification with double rounding.
 */
#ifndef STATOR_KERNELS_QUANTIZE_H
#define STATOR_KERNELS_QUANTIZE_H

#include "common/kernel.h"

struct stator_quantize {
    int32_t elements;
    int32_t multiplier; /* with shift: input scale / output scale, see requantize.h */
    int32_t shift;
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
};

/* Every variant in kernels.inc computes the same bytes.
 * out, in: int8 [elements]. out may be in. No alignment is asked for. Callable from task and interrupt; does not block; no static
 * state; stack under 64 bytes.
 * Returns 0; -EINVAL (a null pointer, or elements below 1), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_quantize *p);
#include "quantize/kernels.inc"
#undef STATOR_KERNEL

#endif
