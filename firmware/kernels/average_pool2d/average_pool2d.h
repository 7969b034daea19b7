/* AVERAGE_POOL_2D, INT8: the mean of a window, rounded half away from zero.
 *
 * out[b][y][x][c] from in[b][iy][ix][c], iy = y * stride_h - pad_top + 0..kernel_h-1, ix likewise; positions outside the image do
 * not count. Input and output have the same scale and zero point. Semantics: TFLite INT8 specification.
 */
#ifndef STATOR_KERNELS_AVERAGE_POOL2D_H
#define STATOR_KERNELS_AVERAGE_POOL2D_H

#include "common/kernel.h"

struct stator_average_pool2d {
    int32_t batches;
    int32_t in_h, in_w;
    int32_t channels;
    int32_t out_h, out_w;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t pad_top, pad_left; /* elements, less than the kernel; the rest follows from the sizes */
    int32_t activation_min;    /* -128..127, not above activation_max */
    int32_t activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [batches][out_h][out_w][channels], written whole. in: int8 [batches][in_h][in_w][channels]. out and in must not
 * overlap. No alignment is asked for. Callable from task and interrupt; does not block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, a size or stride below 1, a negative padding, or a window that lies wholly outside the
 * image), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_average_pool2d *p);
#include "average_pool2d/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_average_pool2d_valid(const int8_t *out, const int8_t *in, const struct stator_average_pool2d *p) {
    return out && in && p && p->batches > 0 && p->in_h > 0 && p->in_w > 0 && p->channels > 0 && p->out_h > 0 && p->out_w > 0 &&
           p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 && p->stride_w > 0 && p->pad_top >= 0 && p->pad_left >= 0 &&
           p->pad_top < p->kernel_h && p->pad_left < p->kernel_w && (p->out_h - 1) * p->stride_h - p->pad_top < p->in_h &&
           (p->out_w - 1) * p->stride_w - p->pad_left < p->in_w;
}

#endif
