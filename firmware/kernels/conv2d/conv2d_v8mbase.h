/* What conv2d_v8mbase.S computes of two pixels.
 *
 * One multiplication for two pixels: their bytes lie in the halves of a word, as 0..255, and so are weights, so that each half of
 * a product is one of them. Products are summed up as they are, and their upper halves once more by themselves; the sum of the
 * lower halves is what is left.
 *
 * Stream: per four output channels, as words: their biases, with what 128 more of each byte and weight adds taken off, but for
 * 128 times the sum of a window's bytes; per byte of the window, in fours of these, four weights as 0..255; per channel
 * multiplier, shift to the right (1..31) and the output's zero point + 128. Channels that are not there have zeros; nothing is
 * written.
 */
#ifndef STATOR_KERNELS_CONV2D_V8MBASE_H
#define STATOR_KERNELS_CONV2D_V8MBASE_H

#include "conv2d/conv2d_block.h"

#include <stddef.h>

struct stator_conv2d_v8mbase_pair {
    const uint32_t *windows, *end; /* both windows, byte by byte, first in the lower half; a multiple of 4 */
    int8_t *to[2];
    int32_t offset[2]; /* -128 times the sum of a window's bytes */
    int32_t channels;
    const int32_t *stream;
};

#if defined(__arm__)
_Static_assert(sizeof(struct stator_conv2d_v8mbase_pair) == 32, "conv2d_v8mbase.S");
#endif

/* Computes all channels of two pixels. Stack: 96 bytes. */
void stator_conv2d_v8mbase_pair(const struct stator_conv2d_v8mbase_pair *pair);

#endif
