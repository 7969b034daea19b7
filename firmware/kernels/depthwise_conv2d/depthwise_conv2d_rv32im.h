/* What depthwise_conv2d_rv32im.S computes of a pixel.
 *
 * Four channels side by side. Stream: per four channels, as words: their biases, -input_zero_point * (sum of weights) included;
 * per tap four weights; per channel multiplier, rounding and shift of the requantize in asm.h.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_H

#include "depthwise_conv2d/depthwise_conv2d_pixel.h"

/* Computes all channels of a pixel; the last group lies at the last four channels. Stack: 64 bytes. */
void stator_depthwise_conv2d_rv32im_pixel(const struct stator_depthwise_conv2d_pixel *pixel);

/* The same where `rows` and `columns` are 3; neither is looked at, and `next` counts from the start of a row to that of the next.
 */
void stator_depthwise_conv2d_rv32im_pixel3x3(const struct stator_depthwise_conv2d_pixel *pixel);

#endif
