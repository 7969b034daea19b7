/* Convolution for RV32IM: blocks of four output pixels (conv2d_blocks.inc); conv2d_rv32im.S computes. */
#include "conv2d/conv2d_rv32im.h"

#define STATOR_CONV2D_ONE_ROW 1
#include "conv2d/conv2d_blocks.inc"

static inline void compute(const struct stator_conv2d_block *block, int32_t left) {
    if (left > 2) {
        stator_conv2d_rv32im_block(block);
        return;
    }
    if (left == 2) { /* in either order: where the output lies over the input, both windows are copies */
        struct stator_conv2d_block second = *block;
        second.from[0] = block->from[1];
        second.to[0] = block->to[1];
        stator_conv2d_rv32im_pixel(&second);
    }
    stator_conv2d_rv32im_pixel(block);
}

int stator_conv2d_s8__rv32im(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return in_blocks(out, in, p, scratch);
}
