/* Convolution with INT4 weights for RV32IM: blocks of eight output pixels. Here their windows are packed, two pixels to a word;
 * conv2d_rv32im_8x4.S computes. All windows of a block are packed before its first pixel is written. */
#include "conv2d/conv2d_rv32im_8x4.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

enum { PIXELS = 8, WORDS = PIXELS / 2 };

static inline uint32_t pair(int32_t a, int32_t b) {
    return (uint32_t)a + ((uint32_t)b << 16);
}

/* Where tap (ky, kx) of each pixel starts in the image: null outside of it. Returns whether `columns` taps from there on all lie
 * in it. */
static int find(const int8_t *from[PIXELS], const struct stator_conv2d_packed *p, const int8_t *image, int32_t pixel, int32_t ky,
                int32_t kx, int32_t columns) {
    const int32_t left = p->out_h * p->out_w - pixel;
    int32_t y = pixel / p->out_w;
    int32_t x = pixel - y * p->out_w;
    int inside = 1;
    for (int32_t k = 0; k < PIXELS; k++) {
        if (k >= left) {
            from[k] = from[0];
            continue;
        }
        const int32_t iy = y * p->stride_h - p->pad_top + ky * p->dilation_h;
        const int32_t ix = x * p->stride_w - p->pad_left + kx * p->dilation_w;
        const int here = iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w;
        from[k] = here ? image + (iy * p->in_w + ix) * p->in_c : (const int8_t *)0;
        inside &= here && ix + columns <= p->in_w;
        if (++x == p->out_w) {
            x = 0;
            y++;
        }
    }
    return inside;
}

/* Packs the windows of a block. A function of its own, so that its stack is free while the block is computed. */
static __attribute__((noinline)) void pack_windows(uint32_t *to, const struct stator_conv2d_packed *p, const int8_t *image,
                                                   int32_t pixel) {
    const int8_t *from[PIXELS];
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        if (p->dilation_w == 1 && find(from, p, image, pixel, ky, 0, p->kernel_w)) {
            stator_conv2d_rv32im_8x4_pack(to, from, p->kernel_w * p->in_c);
            to += WORDS * p->kernel_w * p->in_c;
            continue;
        }
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            (void)find(from, p, image, pixel, ky, kx, 1);
            for (int32_t i = 0; i < p->in_c; i++) {
                for (int32_t k = 0; k < PIXELS; k += 2) {
                    const int32_t zero_point = p->input_zero_point;
                    *to++ = pair(from[k] ? from[k][i] : zero_point, from[k + 1] ? from[k + 1][i] : zero_point);
                }
            }
        }
    }
}

int stator_conv2d_s8_s4__rv32im_8x4(int8_t *out, const int8_t *in, const struct stator_conv2d_packed *p, void *scratch) {
    if (!stator_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    const int32_t pixels = p->out_h * p->out_w;
    const int32_t blocks = (pixels + PIXELS - 1) / PIXELS;
    const int32_t taps = (p->kernel_h * p->kernel_w * p->in_c + 7) & ~7;
    struct stator_conv2d_rv32im_8x4 block = {
        .stream = p->stream + 2,
        .taps = scratch,
        .end = (const uint32_t *)scratch + WORDS * taps,
        .chunk = p->stream[0],
        .channels = p->out_c,
        .proved = p->stream[1] > 0,
        .right = 16 - (p->stream[1] > 0 ? p->stream[1] : 2),
    };
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        const int8_t *image = in + b * p->in_h * p->in_w * p->in_c;
        for (int32_t j = 0; j < blocks; j++) {
            const int32_t pixel = PIXELS * stator_in_order(j, blocks, p->backwards);
            pack_windows(scratch, p, image, pixel);
            int8_t *to = out + (b * pixels + pixel) * p->out_c;
            for (int32_t k = 0; k < PIXELS; k++, to += p->out_c) {
                block.to[k] = pixel + k < pixels ? to : block.to[0];
            }
            stator_conv2d_rv32im_8x4_block(&block);
        }
    }
    return 0;
}
