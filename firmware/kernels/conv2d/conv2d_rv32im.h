/* What conv2d_rv32im.S computes of a block.
 *
 * Four output pixels by four channels are a block: sixteen sums in registers. Stream: per four output channels, as words: their
 * biases, -input_zero_point * (sum of weights) included; per byte of the window four weights; per channel multiplier, rounding
 * and shift of the requantize in asm.h. Channels that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_CONV2D_RV32IM_H
#define STATOR_KERNELS_CONV2D_RV32IM_H

#include "conv2d/conv2d_block.h"

/* Computes all channels of a block. Stack: 80 bytes. */
void stator_conv2d_rv32im_block(const struct stator_conv2d_block *block);

/* Computes all channels of a block's first pixel: for one or two pixels that are left, which take a third of a block each. Stack:
 * 32 bytes. */
void stator_conv2d_rv32im_pixel(const struct stator_conv2d_block *block);

#endif
