/* What depthwise_conv2d_v8mbase.S computes of a pixel.
 *
 * Four channels side by side. Stream: per four channels, as words: their biases, -input_zero_point * (sum of weights) included;
 * per tap four weights; per channel multiplier, shift to the right (1..31) and the output's zero point + 128.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_V8MBASE_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_V8MBASE_H

#include "depthwise_conv2d/depthwise_conv2d_pixel.h"

#include <stddef.h>

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_pixel, positive) == 32, "depthwise_conv2d_v8mbase.S loads all before it");
#endif

/* Computes all channels of a pixel; the last group lies at the last four channels. Stack: 80 bytes. */
void stator_depthwise_conv2d_v8mbase_pixel(const struct stator_depthwise_conv2d_pixel *pixel);

#endif
