/* Between conv2d_rv32im.c, which finds windows, and conv2d_rv32im.S, which computes.
 *
 * Four output pixels by four channels are a block: sixteen sums in registers. A window is `rows` runs of `row_bytes` bytes,
 * `skip` bytes apart. Stream: per four output channels, as words: their biases, -input_zero_point * (sum of weights) included;
 * per byte of the window four weights; per channel multiplier, rounding and shift of the requantize in asm.h. Channels that are
 * not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_CONV2D_RV32IM_H
#define STATOR_KERNELS_CONV2D_RV32IM_H

#include <stdint.h>

struct stator_conv2d_rv32im_block {
    const int32_t *stream;
    const int8_t *from[4]; /* where the windows start */
    int8_t *to[4];         /* the pixels; where there are fewer than four, one of them again, with its own window */
    int32_t channels;
    int32_t rows, row_bytes, skip; /* at least 1; at least 1 */
    int32_t positive;              /* not 0: the output's zero point is -128, so that negative results all become that */
};

/* Computes all channels of a block. Stack: 80 bytes. */
void stator_conv2d_rv32im_block(const struct stator_conv2d_rv32im_block *block);

/* Computes all channels of a block's first pixel: for one or two pixels that are left, which take a third of a block each. Stack:
 * 32 bytes. */
void stator_conv2d_rv32im_pixel(const struct stator_conv2d_rv32im_block *block);

#endif
