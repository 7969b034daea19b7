/* Convolution for RV32IM: blocks of four output pixels. Here their windows are found; conv2d_rv32im.S computes.
 *
 * Windows that lie in the image are read where they lie. Where one of a block does not, all of the block are put together in
 * scratch, zero points where the image is not; and where the output lies over the input, all are, since channels are written one
 * after the other. Blocks follow each other as pixels do. */
#include "conv2d/conv2d_rv32im.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

#include <stdint.h>

struct place {
    int32_t y, x; /* of the window's first tap in the image */
};

static int inside(const struct stator_conv2d_packed *p, struct place at) {
    return at.y >= 0 && at.x >= 0 && at.y + (p->kernel_h - 1) * p->dilation_h < p->in_h && at.x + p->kernel_w <= p->in_w;
}

/* Puts a window together. */
static void put(int8_t *to, const struct stator_conv2d_packed *p, const int8_t *image, struct place at) {
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = at.y + ky * p->dilation_h;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t x = at.x + kx;
            const int8_t *const end = to + p->in_c;
            if (y < 0 || y >= p->in_h || x < 0 || x >= p->in_w) {
                while (to != end) {
                    *to++ = (int8_t)p->input_zero_point;
                }
                continue;
            }
            const int8_t *from = image + (y * p->in_w + x) * p->in_c;
            while (to != end) {
                *to++ = *from++;
            }
        }
    }
}

/* Finds the windows of a block and the places of its pixels. `copied`: puts them together in any case. */
static void place(struct stator_conv2d_rv32im_block *block, const struct stator_conv2d_packed *p, int8_t *out, const int8_t *in,
                  int32_t pixel, int8_t *scratch, int copied) {
    const int32_t pixels = p->out_h * p->out_w;
    const int32_t window_bytes = p->kernel_h * p->kernel_w * p->in_c;
    int32_t y = pixel / p->out_w;
    int32_t x = pixel - y * p->out_w;
    struct place at[4];
    for (int32_t k = 0; k < 4; k++) {
        at[k] = at[0];
        block->to[k] = block->to[0];
        if (k == 0 || pixel + k < pixels) {
            at[k] = (struct place){y * p->stride_h - p->pad_top, x * p->stride_w - p->pad_left};
            copied |= !inside(p, at[k]);
            block->to[k] = out + (pixel + k) * p->out_c;
            if (++x == p->out_w) {
                x = 0;
                y++;
            }
        }
    }
    for (int32_t k = 0; k < 4; k++) {
        if (copied) {
            put(scratch, p, in, at[k]);
            block->from[k] = scratch;
            scratch += window_bytes;
        } else {
            block->from[k] = in + (at[k].y * p->in_w + at[k].x) * p->in_c;
        }
    }
    block->rows = copied ? 1 : p->kernel_h;
    block->row_bytes = copied ? window_bytes : p->kernel_w * p->in_c;
}

int stator_conv2d_s8__rv32im(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    if (!stator_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t blocks = (p->out_h * p->out_w + 3) / 4;
    const int32_t in_bytes = p->in_h * p->in_w * p->in_c;
    const int32_t out_bytes = p->out_h * p->out_w * p->out_c;
    const uintptr_t from = (uintptr_t)in;
    const uintptr_t to = (uintptr_t)out;
    const int overlap = to < from + (uint32_t)(p->batches * in_bytes) && from < to + (uint32_t)(p->batches * out_bytes);
    struct stator_conv2d_rv32im_block block = {
        .stream = p->stream,
        .channels = p->out_c,
        .skip = p->dilation_h * p->in_w * p->in_c - p->kernel_w * p->in_c,
    };
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        for (int32_t j = 0; j < blocks; j++) {
            const int32_t pixel = 4 * stator_in_order(j, blocks, p->backwards);
            place(&block, p, out + b * out_bytes, in + b * in_bytes, pixel, scratch, overlap);
            stator_conv2d_rv32im_block(&block);
        }
    }
    return 0;
}
