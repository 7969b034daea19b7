/* Between depthwise_conv2d_v7em_3x3.c, which goes over lines, and depthwise_conv2d_v7em_3x3.S, which computes one.
 *
 * Four channels at a time: three lines of the input are widened to int16 without zero point, a pixel of 0 at either end, and give
 * one line of the output. Lines are rows of the image, or its columns where those are longer.
 *
 * A widened pixel is two words: [c0 c2] [c1 c3].
 *
 * Stream: per four channels, as words: for each of the three lines the middle, the last and the first tap as int16: [c0 c2] [c1
 * c3]; then of each channel c, as two words, and m: (products * m + c) >> 32 has been proved to be the output, with bias and zero
 * point (tools/stator/variants/_proof.py). Channels that are missing are 0.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_V7EM_3X3_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_V7EM_3X3_H

#include <stddef.h>
#include <stdint.h>

#define STATOR_DEPTHWISE_CONV2D_V7EM_3X3_WORDS 30 /* of the stream, per four channels */

struct stator_depthwise_conv2d_v7em_line {
    const uint32_t *before; /* the line before, from the pixel of 0 on */
    const int32_t *stream;  /* of these channels */
    const uint32_t *middle;
    const uint32_t *after;
    int8_t *out;
    int32_t step;        /* from a pixel of the line to the next, in bytes */
    const uint32_t *end; /* `before` and one pixel for each of the line */
    int32_t channels;    /* 1..4 */
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_v7em_line, out) == 16, "depthwise_conv2d_v7em_3x3.S");
_Static_assert(offsetof(struct stator_depthwise_conv2d_v7em_line, channels) == 28, "depthwise_conv2d_v7em_3x3.S");
#endif

/* Computes a line. Stack: 56 bytes. */
void stator_depthwise_conv2d_v7em_line(const struct stator_depthwise_conv2d_v7em_line *line);

/* Widens four channels of `count` pixels that lie `step` bytes apart, each byte minus the zero point: bias holds -zero_point in
 * both halves. Reads four bytes of each pixel, from any address. Stack: 16 bytes. */
void stator_depthwise_conv2d_v7em_widen(uint32_t *to, const int8_t *from, int32_t step, int32_t count, uint32_t bias);

#endif
