/* What depthwise_conv2d_rv32im_3x3.S computes of a line.
 *
 * Stream: per channel, as words: bias, -input_zero_point * (sum of weights) included; multiplier, rounding and shift of the
 * requantize in asm.h; nine weights as bytes, from tap to tap across the lines, then along them; three bytes of 0.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_3X3_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_3X3_H

#include "depthwise_conv2d/depthwise_conv2d_line.h"

/* Computes a line of at least one pixel. Stack: 52 bytes. */
void stator_depthwise_conv2d_rv32im_line(const struct stator_depthwise_conv2d_line *line);

/* Gathers `count` bytes, at least one, that lie `step` bytes apart. Stack: 0 bytes. */
void stator_depthwise_conv2d_rv32im_gather(int8_t *to, const int8_t *from, int32_t step, int32_t count);

#endif
