/* Depthwise convolution pixel by pixel, for RISC-V sets. Windows that leave the image are put together in scratch, zero points
 * where it is not. What includes this defines compute(), all channels of a pixel. */
#ifndef STATOR_KERNELS_DEPTHWISE_CONV2D_PIXELS_H
#define STATOR_KERNELS_DEPTHWISE_CONV2D_PIXELS_H

#include "common/window.h"
#include "depthwise_conv2d/depthwise_conv2d.h"
#include "depthwise_conv2d/depthwise_conv2d_pixel.h"

#include <string.h>

static inline void compute(const struct stator_depthwise_conv2d_pixel *pixel);

/* The window whose first tap lies at row y, column x. */
static inline void put(int8_t *to, const struct stator_depthwise_conv2d_packed *p, const int8_t *image, int32_t y, int32_t x) {
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t row = y + ky * p->dilation_h;
        for (int32_t kx = 0; kx < p->kernel_w; kx++, to += p->in_c) {
            const int32_t column = x + kx * p->dilation_w;
            if (row < 0 || row >= p->in_h || column < 0 || column >= p->in_w) {
                memset(to, p->input_zero_point, (size_t)p->in_c);
            } else {
                memcpy(to, image + (row * p->in_w + column) * p->in_c, (size_t)p->in_c);
            }
        }
    }
}

/* The kernel: all but the sums. */
static inline int by_pixels(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p, void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p) || !scratch) {
        return -EINVAL;
    }
    struct stator_depthwise_conv2d_pixel pixel = {
        .stream = p->stream, .channels = p->in_c, .positive = p->output_zero_point == -128};
    const int32_t in_bytes = p->in_h * p->in_w * p->in_c;
    const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
    const int32_t step = p->dilation_w * p->in_c;
    const int32_t pixels = p->batches * p->out_h * p->out_w;
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t at = stator_in_order(i, pixels, p->backwards);
        const int32_t line = at / p->out_w;
        const int32_t batch = line / p->out_h;
        const int32_t y = (line - batch * p->out_h) * p->stride_h - p->pad_top;
        const int32_t x = (at - line * p->out_w) * p->stride_w - p->pad_left;
        const int8_t *const image = in + batch * in_bytes;
        const int inside = y >= 0 && x >= 0 && y + (p->kernel_h - 1) * p->dilation_h < p->in_h &&
                           x + (p->kernel_w - 1) * p->dilation_w < p->in_w;
        pixel.to = out + at * p->in_c;
        pixel.from = inside ? image + (y * p->in_w + x) * p->in_c : scratch;
        int32_t row = pitch; /* from row to row, and from tap to tap in one */
        pixel.step = step;
        if (!inside) {
            put(scratch, p, image, y, x);
            row = p->kernel_w * p->in_c;
            pixel.step = p->in_c;
        }
        pixel.rows = p->kernel_h;
        pixel.columns = p->kernel_w;
        if (p->kernel_w == 1) { /* a column of taps goes as a row */
            pixel.rows = 1;
            pixel.columns = p->kernel_h;
            pixel.step = row;
        }
        pixel.next = row - pixel.columns * pixel.step;
        compute(&pixel);
    }
    return 0;
}

#endif
