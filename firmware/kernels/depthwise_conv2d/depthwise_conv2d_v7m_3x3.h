/* What depthwise_conv2d_v7m_3x3.S computes of a line, four pixels at a time.
 *
 * Stream: per channel, as words: offset; nine weights, from tap to tap along the first line, then along the others; multiplier.
 * Offset and weights are such that the output is saturate8((sum * multiplier + 2^39) >> 40), which was proved of each channel.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_V7M_3X3_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_V7M_3X3_H

#include "depthwise_conv2d/depthwise_conv2d_line.h"

#include <stddef.h>

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_line, stream) == 24, "depthwise_conv2d_v7m_3x3.S loads all before it");
#endif

/* Computes a line of at least one pixel. Reads lines as far as a whole number of fours needs them. Stack: 52 bytes. */
void stator_depthwise_conv2d_v7m_line(const struct stator_depthwise_conv2d_line *line);

/* Gathers `count` bytes, at least one, that lie `step` bytes apart. Stack: 12 bytes. */
void stator_depthwise_conv2d_v7m_gather(int8_t *to, const int8_t *from, int32_t step, int32_t count);

#endif
