/* Convolution for CV32E40P with Xpulp: blocks of four output pixels (conv2d_blocks.inc); conv2d_xpulp.S computes. */
#include "conv2d/conv2d_xpulp.h"

#define STATOR_CONV2D_ONE_ROW 0
#include "conv2d/conv2d_blocks.inc"

static inline void compute(const struct stator_conv2d_block *block, int32_t left) {
    (void)left; /* pixels that are not there are one that is, again */
    stator_conv2d_xpulp_block(block);
}

int stator_conv2d_s8__xpulp(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return in_blocks(out, in, p, scratch);
}
