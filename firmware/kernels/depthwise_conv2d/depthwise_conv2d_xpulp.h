/* What depthwise_conv2d_xpulp.S computes of a pixel.
 *
 * Four channels side by side, four taps of a row at a time. Stream: per four channels, as words: their biases, -input_zero_point
 * * (sum of weights) included; per row and four taps of it a word of four weights of each channel, zeros where a row has no more
 * taps; per channel multiplier, rounding and shift of CV_REQUANTIZE in xpulp.inc.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_XPULP_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_XPULP_H

#include "depthwise_conv2d/depthwise_conv2d_pixel.h"

/* Computes all channels of a pixel; the last group lies at the last four channels. Stack: 64 bytes. */
void stator_depthwise_conv2d_xpulp_pixel(const struct stator_depthwise_conv2d_pixel *pixel);

#endif
