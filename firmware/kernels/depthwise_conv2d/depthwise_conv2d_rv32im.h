/* Between depthwise_conv2d_rv32im.c, which goes over pixels, and depthwise_conv2d_rv32im.S, which computes one.
 *
 * Four channels side by side. Stream: per four channels, as words: their biases, -input_zero_point * (sum of weights) included;
 * per tap four weights; per channel multiplier, rounding and shift of the requantize in asm.h. The last group are the last four
 * channels, which may have been in the group before, too: they are computed twice, to the same values.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_H

#include <stdint.h>

struct stator_depthwise_conv2d_rv32im_pixel {
    const int32_t *stream;
    const int8_t *from; /* the window's first tap */
    int8_t *to;
    int32_t channels; /* at least 4 */
    int32_t rows, columns;
    int32_t step;     /* from a tap to the next in a row, in bytes */
    int32_t next;     /* from behind a row to the next row */
    int32_t positive; /* not 0: the output's zero point is -128, so that negative results all become that */
};

/* Computes all channels of a pixel; the last group lies at the last four channels. Stack: 64 bytes. */
void stator_depthwise_conv2d_rv32im_pixel(const struct stator_depthwise_conv2d_rv32im_pixel *pixel);

/* The same where `rows` and `columns` are 3; neither is looked at, and `next` counts from the start of a row to that of the next.
 */
void stator_depthwise_conv2d_rv32im_pixel3x3(const struct stator_depthwise_conv2d_rv32im_pixel *pixel);

#endif
