/* Between conv2d_rv32im_8x4.c, which finds windows, and conv2d_rv32im_8x4.S, which packs them and computes.
 *
 * Convolution with INT4 weights, two products per multiplication: a word holds the same tap of two pixels, a + b * 2^16, and its
 * product with a weight is the sum of both products, the second one times 2^16. Such products are added as long as neither half
 * can leave 16 bits (a chunk); then the halves are taken apart: the lower one is what the word says as int16, and what is left
 * without it is the other.
 *
 * Eight output pixels by four channels are a block: sixteen such sums in registers. Taps: for each tap of the window, in the
 * order of the weights, four words of two pixels each; a multiple of eight taps. Stream: `chunk` and `bits`; then per four output
 * channels, as words: per eight taps a word of each channel, the first tap in its lowest four bits; per channel offset,
 * multiplier, and two more. Where bits is 0: 4 times the bias, then multiplier, rounding and shift of the requantize in asm.h.
 * Elsewhere: 0 less the output above -128 is (sum * 2^bits + offset) * multiplier >> 32 >> shift, cut off at both ends, as
 * tools/stator/variants/_rv32im.py proves; the words are offset, multiplier, 16 - bits and shift. Biases include
 * -input_zero_point * (sum of weights). Taps and channels that are not there have weights 0.
 */
#ifndef STATOR_KERNELS_CONV2D_RV32IM_8X4_H
#define STATOR_KERNELS_CONV2D_RV32IM_8X4_H

#include <stdint.h>

struct stator_conv2d_rv32im_8x4 {
    const int32_t *stream; /* from the biases on */
    const uint32_t *taps;
    const uint32_t *end; /* of the taps */
    int32_t chunk;       /* bytes of taps that are summed before halves are taken apart: a multiple of 128 */
    int32_t channels;    /* at least 1 */
    int32_t proved;      /* not 0: one multiplication makes a sum an output */
    int32_t right;       /* 16 - bits; 14 where not proved */
    int8_t *to[8]; /* the pixels, channel 0; lost. Where there are fewer than eight, one of them again, with its own window */
};

/* Computes all channels of a block. Stack: 192 bytes. */
void stator_conv2d_rv32im_8x4_block(struct stator_conv2d_rv32im_8x4 *block);

/* Packs `count` taps, at least 1, of eight pixels: `from` says where each pixel's are, one behind the other. Takes no stack. */
void stator_conv2d_rv32im_8x4_pack(uint32_t *to, const int8_t *const from[8], int32_t count);

#endif
