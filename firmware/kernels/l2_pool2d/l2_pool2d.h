/* L2_POOL_2D of floats: the root of the mean of the squares in a window; what lies outside the image does not count. */
#ifndef STATOR_KERNELS_L2_POOL2D_H
#define STATOR_KERNELS_L2_POOL2D_H

#include "common/kernel.h"

struct stator_l2_pool2d {
    int32_t batches;
    int32_t in_h, in_w;
    int32_t channels;
    int32_t out_h, out_w;
    int32_t kernel_h, kernel_w;
    int32_t stride_h, stride_w;
    int32_t pad_top, pad_left;
    float activation_min;
    float activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: float [batches][out_h][out_w][channels], written whole. in: float [batches][in_h][in_w][channels]. They must not overlap.
 * Callable from task and interrupt; does not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer,
 * or a size out of range), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(float *out, const float *in, const struct stator_l2_pool2d *p);
#include "l2_pool2d/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_l2_pool2d_valid(const float *out, const float *in, const struct stator_l2_pool2d *p) {
    return out && in && p && p->batches > 0 && p->in_h > 0 && p->in_w > 0 && p->channels > 0 && p->out_h > 0 && p->out_w > 0 &&
           p->kernel_h > 0 && p->kernel_w > 0 && p->stride_h > 0 && p->stride_w > 0;
}

#endif
