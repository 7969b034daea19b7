/* Convolution for Armv7E-M: blocks of four output pixels. Here their windows are found and widened; conv2d_v7em.S computes.
 *
 * Windows that lie in the image, with the bytes that padding to words adds, are widened where they lie. At borders, rows that do
 * not are put together in scratch first. All windows of a block are read before any of its pixels is written, and blocks follow
 * each other as pixels do.
 */
#include "conv2d/conv2d_v7em.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

#include <string.h>

struct image {
    const int8_t *start, *end;
    uint32_t words; /* of a window's row */
    uint32_t bias;
    uint32_t *columns;
};

/* Puts a row of a window together: `inside` bytes of the image behind `before` zero points, and zero points behind them. */
static void put(uint32_t *to, uint32_t words, int8_t zero_point, const int8_t *from, int32_t before, int32_t inside) {
    const uint32_t fill = (uint8_t)zero_point * 0x01010101u;
    for (uint32_t i = 0; i < words; i++) {
        to[i] = fill;
    }
    int8_t *at = (int8_t *)to + before;
    for (; inside >= 4; inside -= 4, at += 4, from += 4) {
        uint32_t word;
        memcpy(&word, from, 4);
        memcpy(at, &word, 4);
    }
    for (; inside > 0; inside--) {
        *at++ = *from++;
    }
}

/* Row y of the window whose columns start at x: where it lies, or `spare`, where it is put. */
static const int8_t *row(const struct stator_conv2d_packed *p, const struct image *in, int32_t y, int32_t x, uint32_t *spare) {
    const int32_t there = y >= 0 && y < p->in_h;
    const int32_t first = x < 0 ? -x : 0;
    const int32_t count = (x + p->kernel_w < p->in_w ? p->kernel_w : p->in_w - x) - first;
    const int8_t *from = in->start + (y * p->in_w + x + first) * p->in_c;
    if (there && count == p->kernel_w && from + 4 * in->words <= in->end) {
        return from;
    }
    put(spare, in->words, (int8_t)p->input_zero_point, from, first * p->in_c, there ? count * p->in_c : 0);
    return (const int8_t *)spare;
}

/* Widens the windows of pixel (y, x) and the three after it, row by row; pixels past the last are this one again. */
static __attribute__((noinline)) void at_border(const struct stator_conv2d_packed *p, const struct image *in, int32_t y,
                                                int32_t x) {
    uint32_t *to = in->columns;
    uint32_t *const spare = to + in->words * (uint32_t)p->kernel_h * 8;
    for (int32_t ky = 0; ky < p->kernel_h; ky++, to += in->words * 8) {
        const int8_t *from[4];
        int32_t py = y;
        int32_t px = x;
        for (uint32_t k = 0; k < 4; k++) {
            if (k > 0 && py >= p->out_h) {
                from[k] = from[0];
            } else {
                from[k] = row(p, in, py * p->stride_h - p->pad_top + ky * p->dilation_h, px * p->stride_w - p->pad_left,
                              spare + k * in->words);
            }
            if (++px == p->out_w) {
                px = 0;
                py++;
            }
        }
        stator_conv2d_v7em_widen(to, from, in->words, in->bias, 1, 0);
    }
}

static void widen(const struct stator_conv2d_packed *p, const struct image *in, int32_t y, int32_t x) {
    const int32_t top = y * p->stride_h - p->pad_top;
    const int32_t left = x * p->stride_w - p->pad_left;
    const int32_t step = p->stride_w * p->in_c;
    const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
    const int8_t *const at = in->start + (top * p->in_w + left) * p->in_c;
    if (x + 4 > p->out_w || top < 0 || top + (p->kernel_h - 1) * p->dilation_h >= p->in_h || left < 0 ||
        left + 3 * p->stride_w + p->kernel_w > p->in_w || at + (p->kernel_h - 1) * pitch + 3 * step + 4 * in->words > in->end) {
        at_border(p, in, y, x);
        return;
    }
    const int8_t *const from[4] = {at, at + step, at + 2 * step, at + 3 * step};
    stator_conv2d_v7em_widen(in->columns, from, in->words, in->bias, (uint32_t)p->kernel_h, pitch - 4 * (int32_t)in->words);
}

/* Four-bit weights of two channels, `words` times eight, as the stream of INT8 has them. Returns the next two channels'. */
static const int32_t *unpack(uint32_t *to, const int32_t *from, uint32_t words) {
    const uint32_t low = 0x0f0f0f0fu;
    const uint32_t sign = 0x08080808u;
    *to++ = (uint32_t)*from++;
    *to++ = (uint32_t)*from++;
    for (; words > 0; words--) {
        const uint32_t both = (uint32_t)*from++;
        const uint32_t first = both & low;
        const uint32_t second = both >> 4 & low;
        *to++ = first + (first & sign) * 0x1eu; /* 0xf0 above a sign */
        *to++ = second + (second & sign) * 0x1eu;
    }
    memcpy(to, from, 16);
    return from + 4;
}

/* Computes a block whose weights are INT4, two channels after the other; `spare` has room for those as INT8. */
static void block_s4(struct stator_conv2d_v7em_block block, uint32_t words, uint32_t *spare) {
    const int32_t *from = block.stream;
    const int8_t *const end = block.out_end;
    block.stream = (const int32_t *)spare;
    for (; block.out < end; block.out += 2) {
        from = unpack(spare, from, words);
        block.out_end = end - block.out < 2 ? end : block.out + 2;
        stator_conv2d_v7em_block(&block);
    }
}

static inline __attribute__((always_inline)) int convolve(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p,
                                                          void *scratch, int four_bits) {
    if (!stator_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t pixels = p->out_h * p->out_w;
    const int32_t image_bytes = p->in_h * p->in_w * p->in_c;
    const int32_t blocks = (pixels + 3) / 4;
    struct image image = {
        .words = (uint32_t)(p->kernel_w * p->in_c + 3) / 4,
        .bias = ((uint32_t)-p->input_zero_point & 0xffffu) * 0x10001u,
        .columns = scratch,
    };
    struct stator_conv2d_v7em_block block = {
        .zero_point = p->output_zero_point,
        .columns = image.columns,
        .columns_end = image.columns + image.words * (uint32_t)p->kernel_h * 8,
        .stream = p->stream,
    };
    uint32_t *const spare = image.columns + image.words * ((uint32_t)p->kernel_h * 8 + 4); /* behind columns and rows */
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        image.start = in + b * image_bytes;
        image.end = image.start + image_bytes;
        for (int32_t j = 0; j < blocks; j++) {
            const int32_t pixel = 4 * stator_in_order(j, blocks, p->backwards);
            const int32_t y = pixel / p->out_w;
            widen(p, &image, y, pixel - y * p->out_w);
            for (int32_t k = 1; k < 4; k++) {
                block.offset[k - 1] = pixel + k < pixels ? k * p->out_c : 0;
            }
            block.out = out + (b * pixels + pixel) * p->out_c;
            block.out_end = block.out + p->out_c;
            if (four_bits) {
                block_s4(block, image.words * (uint32_t)p->kernel_h, spare);
            } else {
                stator_conv2d_v7em_block(&block);
            }
        }
    }
    return 0;
}

int stator_conv2d_s8__v7em(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return convolve(out, in, p, scratch, 0);
}

int stator_conv2d_s8_s4__v7em(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    return convolve(out, in, p, scratch, 1);
}
