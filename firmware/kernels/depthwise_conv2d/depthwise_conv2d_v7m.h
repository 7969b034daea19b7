/* What depthwise_conv2d_v7m.S computes of a pixel.
 *
 * Four channels side by side. Stream: per four channels, as words: their biases, -input_zero_point * (sum of weights) included;
 * per tap four weights; per channel multiplier, shift to the right (1..31) and the output's zero point.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_V7M_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_V7M_H

#include "depthwise_conv2d/depthwise_conv2d_pixel.h"

#include <stddef.h>

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_pixel, positive) == 32, "depthwise_conv2d_v7m.S loads all before it");
#endif

/* Computes all channels of a pixel; the last group lies at the last four channels. Stack: 64 bytes. */
void stator_depthwise_conv2d_v7m_pixel(const struct stator_depthwise_conv2d_pixel *pixel);

#endif
