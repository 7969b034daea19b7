/* AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D of floats: the mean of a window, its largest value, or the root of the mean of its
 * squares. Positions outside the image do not count. Sums go row by row. */
#ifndef STATOR_KERNELS_REAL_POOL2D_H
#define STATOR_KERNELS_REAL_POOL2D_H

#include "common/pool.h"

struct stator_real_pool2d {
    struct stator_windows over; /* in_c channels, out as in; no padding is as large as its kernel */
    float activation_min;
    float activation_max;
};

/* Every variant in kernels.inc computes the same bytes.
 * out: float [batches][out_h][out_w][in_c], written whole. in: float [batches][in_h][in_w][in_c]. Both are aligned for float.
 * Pixel by pixel of the output from the first to the last, and in a pixel channel by channel: its window is read before it is
 * written, so out may lie before in as far as nothing is written that is still to be read. Callable from task and interrupt; does
 * not block; no static state; stack under 128 bytes. Returns 0; -EINVAL (a null pointer, a size or stride below 1, a negative
 * padding, or a window that lies wholly outside the image), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(float *out, const float *in, const struct stator_real_pool2d *p);
#include "real_pool2d/kernels.inc"
#undef STATOR_KERNEL

/* The guard that every variant starts with. */
static inline int stator_real_pool2d_valid(const float *out, const float *in, const struct stator_real_pool2d *p) {
    return out && in && p && stator_pool_windows_valid(&p->over);
}

#endif
