/* Between depthwise_conv2d_rv32im_3x3.c, which goes over lines, and depthwise_conv2d_rv32im_3x3.S, which computes one.
 *
 * One channel at a time: three lines of the input are gathered in scratch, a zero point at either end, and give one line of the
 * output. Lines are rows of the image, or its columns where those are longer. Stream: per channel, as words: bias,
 * -input_zero_point * (sum of weights) included; multiplier, rounding and shift of the requantize in asm.h; nine weights as
 * bytes, from tap to tap across the lines, then along them; three bytes of 0.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_3X3_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_RV32IM_3X3_H

#include <stdint.h>

#define STATOR_DEPTHWISE_CONV2D_RV32IM_3X3_WORDS 7 /* of the stream, per channel */

struct stator_depthwise_conv2d_rv32im_line {
    const int8_t *before, *middle, *after; /* the lines, from the zero point on */
    int8_t *out;
    int32_t step;          /* from a pixel of the output to the next, in bytes */
    const int8_t *end;     /* `before` and one byte for each pixel of the line */
    const int32_t *stream; /* of this channel */
    int32_t positive;      /* not 0: the output's zero point is -128, so that negative results all become that */
};

/* Computes a line of at least one pixel. Stack: 52 bytes. */
void stator_depthwise_conv2d_rv32im_line(const struct stator_depthwise_conv2d_rv32im_line *line);

/* Gathers `count` bytes, at least one, that lie `step` bytes apart. Stack: 0 bytes. */
void stator_depthwise_conv2d_rv32im_gather(int8_t *to, const int8_t *from, int32_t step, int32_t count);

#endif
