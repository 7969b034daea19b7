/* Convolution for Armv8-M Baseline and Armv6-M: blocks of four output pixels (conv2d_blocks.inc), two of which are put together
 * for conv2d_v8mbase.S. */
#include "conv2d/conv2d_v8mbase.h"

#define STATOR_CONV2D_ONE_ROW 0
#include "conv2d/conv2d_blocks.inc"

#define FOURS 4 /* bytes of the window that are computed in one turn */

/* Puts the windows of pixels `first` and the one after it together. A function of its own, so that its loop has all registers. */
static __attribute__((noinline)) void pair_up(struct stator_conv2d_v8mbase_pair *pair, const struct stator_conv2d_block *block,
                                              int32_t first) {
    const int8_t *a = block->from[first];
    const int8_t *b = block->from[first + 1];
    uint32_t *word = block->behind;
    uint32_t a_sum = 0;
    uint32_t b_sum = 0;
    for (int32_t row = block->rows; row > 0; row--, a += block->skip, b += block->skip) {
        for (const int8_t *const end = a + block->row_bytes; a != end; a++, b++, word++) {
            const uint32_t u = (uint8_t)*a ^ 0x80u;
            const uint32_t v = (uint8_t)*b ^ 0x80u;
            a_sum += u;
            b_sum += v;
            *word = u | v << 16;
        }
    }
    pair->windows = block->behind;
    while ((word - pair->windows) % FOURS != 0) {
        *word++ = 0;
    }
    pair->end = word;
    pair->offset[0] = -128 * (int32_t)a_sum;
    pair->offset[1] = -128 * (int32_t)b_sum;
    pair->to[0] = block->to[first];
    pair->to[1] = block->to[first + 1];
}

static inline void compute(const struct stator_conv2d_block *block, int32_t left) {
    struct stator_conv2d_v8mbase_pair pair = {.stream = block->stream, .channels = block->channels};
    for (int32_t first = 0; first < 4 && first < left; first += 2) {
        pair_up(&pair, block, first);
        stator_conv2d_v8mbase_pair(&pair);
    }
}

int stator_conv2d_s8__v8mbase(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return in_blocks(out, in, p, scratch);
}
