/* CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED of floats, as a convolution in groups of channels.
 *
 * out[b][y][x][o] = clamp(sum over ky, kx, i of in[b][iy][ix][o / filters * depth + i] * weights[o][ky][kx][i] + bias[o])
 * with iy, ix as windows.h says; positions outside the image add nothing. Products are added in the order of the indices.
 */
#ifndef STATOR_KERNELS_REAL_CONV2D_H
#define STATOR_KERNELS_REAL_CONV2D_H

#include "common/kernel.h"
#include "common/windows.h"

struct stator_real_conv2d {
    const float *weights; /* [out_c][over.kernel_h][over.kernel_w][depth] */
    const float *bias;    /* [out_c], or null: zeros */
    struct stator_windows over;
    int32_t out_c;
    int32_t depth;     /* channels that a weight row sees: over.in_c / (out_c / filters) */
    int32_t filters;   /* output channels, one after the other, that see the same channels; divides out_c */
    int32_t backwards; /* 0: from the first pixel to the last; 1: from the last to the first; of all batches */
    float activation_min;
    float activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: float [batches][out_h][out_w][out_c], written whole. in: float [batches][in_h][in_w][in_c]. Both are aligned for float. p:
 * read only, owned by the caller, as all it points to. Callable from task and interrupt; does not block; no static state; stack
 * under 256 bytes.
 * Order: pixel by pixel of the output as `backwards` says. While a pixel's channels are computed and written, in any order, its
 * window is read; nothing else of in is, and what is before the windows of this and all later pixels is read no more. So out may
 * lie over in as far as no byte is written that is still to be read (tools/stator/ops/_overlap.py counts it); the input is lost
 * then. Returns 0; -EINVAL (a null pointer but bias, a size, stride or dilation below 1, a negative padding, or channels that are
 * no whole groups), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(float *out, const float *in, const struct stator_real_conv2d *p);
#include "real_conv2d/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_real_conv2d_valid(const float *out, const float *in, const struct stator_real_conv2d *p) {
    return out && in && p && p->weights && stator_windows_valid(&p->over) && p->out_c > 0 && p->depth > 0 && p->filters > 0 &&
           p->out_c % p->filters == 0 && p->out_c / p->filters * p->depth == p->over.in_c;
}

#endif
