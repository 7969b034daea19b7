/* What conv2d_xpulp.S computes of a block.
 *
 * Four output pixels by four channels are a block: sixteen sums in registers. Stream: per four output channels, as words: their
 * biases, -input_zero_point * (sum of weights) included; per row of the window and four bytes of it the four channels' weights,
 * zeros where a row has no more bytes; per channel multiplier, rounding and shift of CV_REQUANTIZE in xpulp.inc. Channels that
 * are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_CONV2D_XPULP_H
#define STATOR_KERNELS_CONV2D_XPULP_H

#include "conv2d/conv2d_block.h"

/* Computes all channels of a block. Reads stream and windows exactly. Stack: 80 bytes. */
void stator_conv2d_xpulp_block(const struct stator_conv2d_block *block);

#endif
