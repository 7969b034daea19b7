/* Between conv2d_mve.c, which finds windows, and conv2d_mve.S, which computes pairs of pixels with Helium.
 *
 * A window is read in `rows` rows of `steps` vectors of 16 bytes: where it lies in the image, rows are those of the kernel, each
 * with the bytes behind it that make up a vector; where it is gathered in scratch, there is one row, or again those of the
 * kernel. Weights are 0 where a vector has no product.
 *
 * Stream, as words: power, rows, steps, 0. Then per four channels: for each vector of the window the weights of these channels, 4
 * x 16 bytes; then, where power is not 0, four offsets and four multipliers: (sum * power + offset) * multiplier >> 40 is proved
 * to be the output (tools/stator/variants/_proof.py). Where power is 0: four biases, from which zero point times weights is
 * taken, four multipliers, and four shifts as negative numbers. Channels that are missing are 0.
 */
#ifndef STATOR_KERNELS_CONV2D_MVE_H
#define STATOR_KERNELS_CONV2D_MVE_H

#include <stddef.h>
#include <stdint.h>

#define STATOR_CONV2D_MVE_HEADER 4 /* words of the stream before the first channels */

/* Pairs of pixels, side by side in memory or apart. */
struct stator_conv2d_mve_pairs {
    const int8_t *first;  /* the window of the first pixel, and */
    const int8_t *second; /* of the other, which may be the same */
    int32_t skip;         /* from the end of a row that was read to the start of the next, in bytes */
    int32_t rows;
    int32_t first_turns; /* of the loop over the vectors of the first row but its first vector, four each */
    int32_t turns;       /* of the other rows */
    int32_t first_entry; /* where that loop is entered: vectors left out of the first turn */
    int32_t entry;
    int32_t channels;
    int8_t *out;       /* channels of the first pixel, and */
    int8_t *other_out; /* of the second */
    int32_t power;
    const int32_t *stream; /* of the first channels */
    int32_t zero_point;    /* of the output */
    int32_t count;         /* pairs, at least 1 */
    int32_t window_step;   /* from a pair's windows to the next one's, in bytes; may be negative */
    int32_t out_step;      /* from its output to the next one's */
};

#if defined(__arm__)
_Static_assert(offsetof(struct stator_conv2d_mve_pairs, out) == 36, "conv2d_mve.S");
_Static_assert(offsetof(struct stator_conv2d_mve_pairs, out_step) == 64, "conv2d_mve.S");
#endif

/* Computes all channels of `count` pairs. Reads whole vectors of the windows' rows, from any address. Changes *pairs. Stack: 64
 * bytes. */
void stator_conv2d_mve_pairs(struct stator_conv2d_mve_pairs *pairs);

/* Copies `rows` rows of `bytes`, both at least 1; they lie to_pitch and from_pitch bytes apart. Stack: 16 bytes. */
void stator_conv2d_mve_gather(int8_t *to, const int8_t *from, int32_t bytes, int32_t rows, int32_t to_pitch, int32_t from_pitch);

#endif
