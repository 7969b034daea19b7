/* Convolution in blocks of four output pixels, for RISC-V sets. Here their windows are found; what includes this computes.
 *
 * Windows that lie in the image are read where they lie. Where one of a block does not, all of the block are put together in
 * scratch, zero points where the image is not; and where the output lies over the input, all are, since channels are written one
 * after the other. Blocks follow each other as pixels do.
 *
 * What includes this defines before: STATOR_CONV2D_ONE_ROW, whether windows that are put together are one row (1) or keep their
 * rows (0); and compute(), the sums of all channels of a block with `left` pixels, of which there may be more than four.
 */
#ifndef STATOR_KERNELS_CONV2D_BLOCKS_H
#define STATOR_KERNELS_CONV2D_BLOCKS_H

#include "common/window.h"
#include "conv2d/conv2d.h"

#include <stdint.h>
#include <string.h>

static inline void compute(const struct stator_conv2d_block *block, int32_t left);

struct place {
    int32_t y, x; /* of the window's first tap in the image */
};

static inline int inside(const struct stator_conv2d_packed *p, struct place at) {
    return at.y >= 0 && at.x >= 0 && at.y + (p->kernel_h - 1) * p->dilation_h < p->in_h && at.x + p->kernel_w <= p->in_w;
}

/* Copies words where both ends lie at such, else bytes; returns the end of what it wrote. */
static inline int8_t *copy(int8_t *to, const int8_t *from, int32_t bytes) {
    const int8_t *const end = to + bytes;
    if ((((uintptr_t)to | (uintptr_t)from) & 3u) == 0) {
        for (; end - to >= 8; to += 8, from += 8) {
            uint32_t pair[2];
            memcpy(pair, __builtin_assume_aligned(from, 4), 8);
            memcpy(__builtin_assume_aligned(to, 4), pair, 8);
        }
    }
    for (; end - to >= 4; to += 4, from += 4) {
        const int8_t a = from[0];
        const int8_t b = from[1];
        const int8_t c = from[2];
        const int8_t d = from[3];
        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
    }
    while (to != end) {
        *to++ = *from++;
    }
    return to;
}

static inline int8_t *fill(int8_t *to, int32_t value, int32_t bytes) {
    const int8_t *const end = to + bytes;
    while (to != end) {
        *to++ = (int8_t)value;
    }
    return to;
}

/* Puts a window together. */
static inline void put(int8_t *to, const struct stator_conv2d_packed *p, const int8_t *image, struct place at) {
    const struct stator_taps columns = stator_taps_inside(at.x, p->kernel_w, 1, p->in_w);
    const int32_t before = columns.count > 0 ? columns.first * p->in_c : 0;
    const int32_t inside_bytes = columns.count > 0 ? columns.count * p->in_c : 0;
    const int32_t behind = p->kernel_w * p->in_c - before - inside_bytes;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t y = at.y + ky * p->dilation_h;
        if (y < 0 || y >= p->in_h) {
            to = fill(to, p->input_zero_point, p->kernel_w * p->in_c);
            continue;
        }
        to = fill(to, p->input_zero_point, before);
        to = copy(to, image + (y * p->in_w + at.x) * p->in_c + before, inside_bytes);
        to = fill(to, p->input_zero_point, behind);
    }
}

/* Where windows are read: in the image where they lie inside; in copies, since the output lies over the image; in copies without
 * gaps between their rows. */
enum how { DIRECT, COPIED, WHOLE };

/* Finds the windows of a block and the places of its pixels. */
static inline void place(struct stator_conv2d_block *block, const struct stator_conv2d_packed *p, int8_t *out, const int8_t *in,
                         int32_t pixel, int8_t *scratch, enum how how) {
    const int32_t pixels = p->out_h * p->out_w;
    const int32_t window_bytes = p->kernel_h * p->kernel_w * p->in_c;
    int32_t y = pixel / p->out_w;
    int32_t x = pixel - y * p->out_w;
    const int32_t top = y * p->stride_h - p->pad_top;
    const int32_t left = x * p->stride_w - p->pad_left;
    if (how != WHOLE && x + 4 <= p->out_w && top >= 0 && top + (p->kernel_h - 1) * p->dilation_h < p->in_h && left >= 0 &&
        left + 3 * p->stride_w + p->kernel_w <= p->in_w && p->stride_w <= p->kernel_w) { /* most: four of a row, inside */
        const int32_t step = p->stride_w * p->in_c;
        const int32_t row_bytes = p->kernel_w * p->in_c;
        int32_t pitch = p->dilation_h * p->in_w * p->in_c;
        const int8_t *from = in + (top * p->in_w + left) * p->in_c;
        int8_t *to = out + pixel * p->out_c;
        if (how == COPIED) { /* what the four windows see, row by row */
            int8_t *put_at = scratch;
            for (int32_t ky = 0; ky < p->kernel_h; ky++, from += pitch) {
                put_at = copy(put_at, from, 3 * step + row_bytes);
            }
            from = scratch;
            pitch = 3 * step + row_bytes;
        }
        for (int32_t k = 0; k < 4; k++, from += step, to += p->out_c) {
            block->from[k] = from;
            block->to[k] = to;
        }
        block->rows = p->kernel_h;
        block->row_bytes = row_bytes;
        block->skip = pitch - row_bytes;
        return;
    }
    int copied = how != DIRECT;
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
    const int one_row = copied && STATOR_CONV2D_ONE_ROW;
    block->rows = one_row ? 1 : p->kernel_h;
    block->row_bytes = one_row ? window_bytes : p->kernel_w * p->in_c;
    block->skip = copied ? 0 : p->dilation_h * p->in_w * p->in_c - block->row_bytes;
}

/* The same where a window is a pixel, and pixels are all in a row. */
static inline void place_pixels(struct stator_conv2d_block *block, const struct stator_conv2d_packed *p, int8_t *out,
                                const int8_t *in, int32_t pixel, int8_t *scratch, enum how how) {
    const int32_t count = p->out_w - pixel < 4 ? p->out_w - pixel : 4;
    const int8_t *from = in + pixel * p->in_c;
    int8_t *to = out + pixel * p->out_c;
    if (how != DIRECT) {
        (void)copy(scratch, from, count * p->in_c);
        from = scratch;
    }
    for (int32_t k = 0; k < 4; k++) {
        block->from[k] = k < count ? from : block->from[0];
        block->to[k] = k < count ? to : block->to[0];
        from += p->in_c;
        to += p->out_c;
    }
}

/* The kernel: all but the sums. */
static inline int in_blocks(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    if (!stator_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t pixels = p->out_h * p->out_w;
    const int32_t blocks = (pixels + 3) / 4;
    const int32_t in_bytes = p->in_h * p->in_w * p->in_c;
    const int32_t out_bytes = p->out_h * p->out_w * p->out_c;
    const uintptr_t from = (uintptr_t)in;
    const uintptr_t to = (uintptr_t)out;
    enum how how = DIRECT;
    if (to < from + (uint32_t)(p->batches * in_bytes) && from < to + (uint32_t)(p->batches * out_bytes)) {
        how = COPIED;
    }
    if (STATOR_CONV2D_ONE_ROW && (p->kernel_h - 1) * 2 * ((p->out_c + 3) / 4) > p->kernel_h * p->kernel_w * p->in_c) {
        how = WHOLE; /* many channels begin many short rows: one long row takes less, with what putting it together takes */
    }
    struct stator_conv2d_block block = {
        .stream = p->stream,
        .channels = p->out_c,
        .rows = 1,
        .row_bytes = p->in_c,
        .positive = p->output_zero_point == -128,
    };
    const int pixels_only = p->kernel_h == 1 && p->kernel_w == 1 && p->out_h == 1 && p->in_h == 1 && p->out_w == p->in_w &&
                            p->stride_w == 1 && p->pad_top == 0 && p->pad_left == 0;
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        for (int32_t j = 0; j < blocks; j++) {
            const int32_t pixel = 4 * stator_in_order(j, blocks, p->backwards);
            if (pixels_only) {
                place_pixels(&block, p, out + b * out_bytes, in + b * in_bytes, pixel, scratch, how);
            } else {
                place(&block, p, out + b * out_bytes, in + b * in_bytes, pixel, scratch, how);
            }
            compute(&block, pixels - pixel);
        }
    }
    return 0;
}

#endif
