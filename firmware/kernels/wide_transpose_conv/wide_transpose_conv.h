/* TRANSPOSE_CONV of INT16 with INT8 weights: each input pixel adds its products with the weights to a window of the output.
 *
 * Semantics: TFLite's 16x8 rules as TensorFlow Lite Micro computes them: sums of 64 bits, zero points 0, one rounding. */
#ifndef STATOR_KERNELS_WIDE_TRANSPOSE_CONV_H
#define STATOR_KERNELS_WIDE_TRANSPOSE_CONV_H

#include "common/kernel.h"

struct stator_wide_transpose_conv {
    const int8_t *weights;     /* [out_c][kernel_h][kernel_w][in_c] */
    const int64_t *bias;       /* [out_c], or null: zeros */
    const int32_t *multiplier; /* [out_c], with shift: sum to output, see requantize.h */
    const int8_t *shift;       /* [out_c], below 8 */
    int32_t batches;
    int32_t in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t pad_top, pad_left;
    int32_t activation_min; /* -32768..32767, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int16 [batches][out_h][out_w][out_c], written whole. in: int16 [batches][in_h][in_w][in_c]. Both are aligned for int16 and
 * must not overlap. p and its tables: read only, owned by the caller. No sum may leave 2^47, and no rescaled sum 32 bits: the
 * compiler has proved that for what it emits. Callable from task and interrupt; does not block; no static state; stack under 128
 * bytes. Returns 0; -EINVAL (a null pointer but bias, or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int16_t *out, const int16_t *in,                                     \
                                                            const struct stator_wide_transpose_conv *p);
#include "wide_transpose_conv/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_wide_transpose_conv_valid(const int16_t *out, const int16_t *in,
                                                   const struct stator_wide_transpose_conv *p) {
    return out && in && p && p->weights && p->multiplier && p->shift && p->batches > 0 && p->in_h > 0 && p->in_w > 0 &&
           p->in_c > 0 && p->out_h > 0 && p->out_w > 0 && p->out_c > 0 && p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 &&
           p->stride_w > 0;
}

#endif
