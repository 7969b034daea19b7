/* MAX_POOL_2D, INT8: the largest value of a window.
 *
 * out[b][y][x][c] from in[b][iy][ix][c], iy = y * stride_h - pad_top + 0..kernel_h-1, ix likewise; positions outside the image do
 * not count. Input and output have the same scale and zero point. Semantics: TFLite INT8 specification.
 */
#ifndef STATOR_KERNELS_MAX_POOL2D_H
#define STATOR_KERNELS_MAX_POOL2D_H

#include "common/pool.h"

/* Every variant in kernels.inc computes the same bytes.
 * out: int8 [batches][out_h][out_w][in_c], written whole. in: int8 [batches][in_h][in_w][in_c]. No alignment is asked for. Pixel
 * by pixel of the output from the first to the last, and in a pixel channel by channel: its window is read before it is written,
 * so out may lie before in as far as nothing is written that is still to be read. Callable from task and interrupt; does not
 * block; no static state; stack under 128 bytes.
 * Returns 0; -EINVAL (a null pointer, a size or stride below 1, a negative padding, or a window that lies wholly outside the
 * image), then nothing is written. */
#define STATOR_KERNEL(op, isa, tile)                                                                                             \
    STATOR_MUST_CHECK int STATOR_KERNEL_NAME(op, isa, tile)(int8_t *out, const int8_t *in, const struct stator_pool2d *p);
#include "max_pool2d/kernels.inc"
#undef STATOR_KERNEL

#endif
