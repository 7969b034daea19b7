/* Convolution for Armv7-M without DSP instructions: blocks of four output pixels (conv2d_blocks.inc); conv2d_v7m.S computes. */
#include "conv2d/conv2d_v7m.h"

#define STATOR_CONV2D_ONE_ROW 1
#include "conv2d/conv2d_blocks.inc"

static inline void compute(const struct stator_conv2d_block *block, int32_t left) {
    stator_conv2d_v7m_pair(block, 0);
    if (left > 2) {
        stator_conv2d_v7m_pair(block, 2);
    }
}

int stator_conv2d_s8__v7m(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return in_blocks(out, in, p, scratch);
}
