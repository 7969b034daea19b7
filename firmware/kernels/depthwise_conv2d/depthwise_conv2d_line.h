/* Between depthwise_conv2d_lines.inc, which goes over lines, and an assembly function that computes one: a line of the output of
 * one channel, from three lines of the input that are gathered in scratch, a zero point at either end. Lines are rows of the
 * image, or its columns where those are longer. */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_LINE_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_LINE_H

#include <stdint.h>

struct stator_depthwise_conv2d_line {
    const int8_t *before, *middle, *after; /* the lines, from the zero point on */
    int8_t *out;
    int32_t step;          /* from a pixel of the output to the next, in bytes */
    const int8_t *end;     /* `before` and one byte for each pixel of the line */
    const int32_t *stream; /* of this channel */
    int32_t positive;      /* not 0: the output's zero point is -128, so that negative results all become that */
};

#endif
