/* What conv2d_v7m.S computes of a block.
 *
 * Two output pixels by four channels at a time: eight sums in registers. Stream: per four output channels, as words: their
 * biases, -input_zero_point * (sum of weights) included; per byte of the window four weights; per channel multiplier, shift to
 * the right (1..31) and the output's zero point. Channels that are not there have zeros; nothing is written for them.
 */
#ifndef STATOR_KERNELS_CONV2D_V7M_H
#define STATOR_KERNELS_CONV2D_V7M_H

#include "conv2d/conv2d_block.h"

#include <stddef.h>

#if defined(__arm__)
_Static_assert(offsetof(struct stator_conv2d_block, to) == 20, "conv2d_v7m.S");
_Static_assert(offsetof(struct stator_conv2d_block, skip) == 48, "conv2d_v7m.S");
#endif

/* Computes all channels of a block's pixels `first` and the one after it. Stack: 80 bytes. */
void stator_conv2d_v7m_pair(const struct stator_conv2d_block *block, int32_t first);

#endif
