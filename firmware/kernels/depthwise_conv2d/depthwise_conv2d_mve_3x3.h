/* Between depthwise_conv2d_mve_3x3.c, which goes over lines, and depthwise_conv2d_mve_3x3.S, which computes them with Helium.
 *
 * Eight channels at a time go over a block of lines. In scratch each channel has a plane: four lines of the padded image,
 * interleaved, so that a column of them is a word and a window of 3x3 lies in 12 bytes that follow each other. Line n is byte n
 * mod 4 of each word. Lines are rows of the image, or its columns where those are longer.
 *
 * Stream, as words, per channel: the weights, three words of [line 0, line 1, line 2, 0], one per column,
 * and 0; offset and multiplier as in conv2d_mve.h, proved.
 */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_MVE_3X3_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_MVE_3X3_H

#include <stddef.h>
#include <stdint.h>

#define STATOR_DEPTHWISE_CONV2D_MVE_3X3_WORDS 7 /* of the stream, per channel */

struct stator_depthwise_conv2d_mve_lines {
    const int8_t *plane;   /* of the first channel, from the first window on */
    const int32_t *stream; /* of the first channel */
    int8_t *out;           /* its first output */
    int32_t channels;      /* 1..8 */
    int32_t pitch;         /* from a plane to the next, in bytes */
    int32_t rotated;       /* 0: the window's first line is byte 0 of the words; 1: byte 2 */
    int32_t count;         /* outputs per line */
    int32_t step;          /* from an output to the next of the line */
    int32_t next;          /* from a line of outputs to the next */
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_depthwise_conv2d_mve_lines, next) == 32, "depthwise_conv2d_mve_3x3.S");
#endif

/* Two lines of outputs, windows one column apart. Changes *lines, as the others do. Stack: 100 bytes. */
void stator_depthwise_conv2d_mve_two(struct stator_depthwise_conv2d_mve_lines *lines);

/* One line of outputs, windows one column apart, or two. Stack: 100 bytes. */
void stator_depthwise_conv2d_mve_one(struct stator_depthwise_conv2d_mve_lines *lines);
void stator_depthwise_conv2d_mve_one_stride_2(struct stator_depthwise_conv2d_mve_lines *lines);

/* Puts a line of up to eight channels into their planes: `count` pixels that lie `step` bytes apart, into every fourth byte from
 * `to` on, planes `pitch` bytes apart. Stack: 8 bytes. */
void stator_depthwise_conv2d_mve_spread(int8_t *to, const int8_t *from, int32_t step, int32_t count, int32_t pitch,
                                        int32_t channels);

#endif
