/* Between conv2d_v7em.c, which finds windows, and conv2d_v7em.S, which computes.
 *
 * Four output pixels are a block. Their windows are widened once, to int16 without zero point, and then serve all output
 * channels, two at a time. A window's rows are padded to words of four bytes; the weights there are 0.
 *
 * Columns: per word of the window 32 bytes: for bytes b0..b3 of each pixel [b0 b2] of pixels 0..3, then [b1 b3] of pixels 0..3.
 *
 * Stream: per two output channels, as words: both biases; per word of the window the bytes [v0 w0 v2 w2] and [v1 w1 v3 w3] (v:
 * the first channel's weights, w: the second's); the scales of both channels, two words each. A scale is a multiplier and a shift
 * to the right, which is less than 32; or m and c, at least 32, where (acc * m + c) >> 32, plus the zero point, has been proved
 * to be the same (tools/stator/variants/_proof.py). An odd last channel has weights, bias and scale of 0 beside it.
 *
 * INT4 weights lie four bits each: per word of the window one word, whose bytes have v0, w0, v2 and w2 in their lower halves and
 * v1, w1, v3 and w3 in their upper ones. They are widened for each block again, two channels at a time.
 */
#ifndef STATOR_KERNELS_CONV2D_V7EM_H
#define STATOR_KERNELS_CONV2D_V7EM_H

#include <stddef.h>
#include <stdint.h>

struct stator_conv2d_v7em_block {
    int8_t *out;           /* pixel 0 */
    int32_t offset[3];     /* from pixel 0 to pixels 1..3; 0 where there are fewer pixels, which then are pixel 0 again */
    const int8_t *out_end; /* end of pixel 0 */
    int32_t zero_point;    /* of the output */
    const uint32_t *columns;
    const uint32_t *columns_end;
    const int32_t *stream;
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_conv2d_v7em_block, zero_point) == 20, "conv2d_v7em.S");
_Static_assert(offsetof(struct stator_conv2d_v7em_block, stream) == 32, "conv2d_v7em.S");
#endif

/* Computes all channels of a block. Stack: 80 bytes. */
void stator_conv2d_v7em_block(const struct stator_conv2d_v7em_block *block);

/* Widens `rows` times `words` words from each of four places to columns, each byte minus the zero point: bias holds -zero_point
 * in both halves. `skip` bytes lie between rows. Reads nothing else, from any address. Stack: 44 bytes. */
void stator_conv2d_v7em_widen(uint32_t *columns, const int8_t *const from[4], uint32_t words, uint32_t bias, uint32_t rows,
                              int32_t skip);

#endif
