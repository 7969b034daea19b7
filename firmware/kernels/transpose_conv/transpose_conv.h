/* TRANSPOSE_CONV, INT8: each input pixel adds its products with the weights to a window of the output.
 *
 * Semantics: TFLite INT8 specification with double rounding. */
#ifndef STATOR_KERNELS_TRANSPOSE_CONV_H
#define STATOR_KERNELS_TRANSPOSE_CONV_H

#include "common/kernel.h"

struct stator_transpose_conv {
    const int8_t *weights;     /* [out_c][kernel_h][kernel_w][in_c] */
    const int32_t *bias;       /* [out_c], or null */
    const int32_t *multiplier; /* [out_c], with shift: sum to output, see requantize.h */
    const int8_t *shift;       /* [out_c] */
    int32_t batches;
    int32_t in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t pad_top, pad_left;
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
    int32_t activation_min;    /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [batches][out_h][out_w][out_c], written whole. in: int8 [batches][in_h][in_w][in_c]. They must not overlap. p and its
 * tables: read only, owned by the caller. Callable from task and interrupt; does not block; no static state; stack under 128
 * bytes. Returns 0; -EINVAL (a null pointer, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_transpose_conv *p);
#include "transpose_conv/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_transpose_conv_valid(const int8_t *out, const int8_t *in, const struct stator_transpose_conv *p) {
    return out && in && p && p->weights && p->multiplier && p->shift && p->batches > 0 && p->in_h > 0 && p->in_w > 0 &&
           p->in_c > 0 && p->out_h > 0 && p->out_w > 0 && p->out_c > 0 && p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 &&
           p->stride_w > 0;
}

/* The input index that reaches output index `out` through tap `tap`; -1 where there is none. */
static inline int32_t stator_transposed_source(int32_t out, int32_t tap, int32_t pad, int32_t stride, int32_t size) {
    const int32_t at = out + pad - tap;
    return at >= 0 && at % stride == 0 && at / stride < size ? at / stride : -1;
}

#endif
