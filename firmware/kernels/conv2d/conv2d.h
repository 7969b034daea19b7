/* CONV_2D of INT8: every output channel sees every input channel through a window.
 *
 * out[b][y][x][o] = requantize(bias[o] + sum over ky, kx, i of (in[b][iy][ix][i] - input_zero_point) * weights[o][ky][kx][i])
 * with iy = y * stride_h - pad_top + ky * dilation_h, ix likewise; positions outside the image add nothing.
 * Semantics: TFLite INT8 specification with double rounding. Weights have zero point 0; they are INT8, or INT4 where the kernel's
 * name ends in s4.
 */
#ifndef STATOR_KERNELS_CONV2D_H
#define STATOR_KERNELS_CONV2D_H

#include "common/kernel.h"

struct stator_conv2d {
    const int8_t *weights;     /* [out_c][kernel_h][kernel_w][in_c]; INT4: of each output channel a row, see nibbles.h */
    const int32_t *bias;       /* [out_c], or null: zeros */
    const int32_t *multiplier; /* [out_c]; with shift: accumulator to output, see requantize.h */
    const int8_t *shift;       /* [out_c] */
    int32_t batches;
    int32_t in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_top, pad_left; /* elements; what is missing at the bottom and right follows from the sizes */
    int32_t backwards;         /* 0: from the first pixel to the last; 1: from the last to the first; of all batches */
    int32_t input_zero_point;  /* -128..127 */
    int32_t output_zero_point; /* -128..127 */
    int32_t activation_min;    /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* For variants with a layout of their own: weights, biases and scales are one stream of words. */
struct stator_conv2d_packed {
    const int32_t *stream;
    int32_t batches;
    int32_t in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t dilation_h, dilation_w;
    int32_t pad_top, pad_left;
    int32_t backwards;
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t activation_min;
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [batches][out_h][out_w][out_c], written whole. in: int8 [batches][in_h][in_w][in_c]. p: read only, owned by the
 * caller, as all it points to. No alignment is asked for. The accumulator must not leave int32 for any input. Callable from task
 * and interrupt; does not block; no static state; stack under 256 bytes.
 * Order: pixel by pixel of the output as `backwards` says. While a pixel's channels are computed and written, in any order, its
 * window is read; nothing else of in is, and what is before the windows of this and all later pixels is read no more. So out may
 * lie over in as far as no byte is written that is still to be read (tools/stator/ops/_overlap.py counts it); the input is lost
 * then. Returns 0; -EINVAL (a null pointer but bias, a size, stride or dilation below 1, a negative padding), then nothing is
 * written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_conv2d *p);
/* A variant with a layout of its own, made by the module that is named like it in tools/stator/variants/, which also says which
 * layers it takes. As above, and: scratch: as many bytes as that module says (null for none), aligned to 8, its content lost;
 * stack under 384 bytes. */
#define STATOR_KERNEL_PACKED(op, isa, tile)                                                                                      \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, \
                                                            void *scratch);
#include "conv2d/kernels.inc"
#undef STATOR_KERNEL
#undef STATOR_KERNEL_PACKED

/* The guard that every variant starts with. */
static inline int stator_conv2d_valid(const int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    return out && in && p && p->weights && p->multiplier && p->shift && p->batches > 0 && p->in_h > 0 && p->in_w > 0 &&
           p->in_c > 0 && p->out_h > 0 && p->out_w > 0 && p->out_c > 0 && p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 &&
           p->stride_w > 0 && p->dilation_h > 0 && p->dilation_w > 0 && p->pad_top >= 0 && p->pad_left >= 0;
}

static inline int stator_conv2d_packed_valid(const int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p) {
    return out && in && p && p->stream && p->batches > 0 && p->in_h > 0 && p->in_w > 0 && p->in_c > 0 && p->out_h > 0 &&
           p->out_w > 0 && p->out_c > 0 && p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 && p->stride_w > 0 &&
           p->dilation_h > 0 && p->dilation_w > 0 && p->pad_top >= 0 && p->pad_left >= 0;
}

#endif
