/* Portable C for scalar cores: four output channels share each load of the input, and the window is clipped once per pixel.
 *
 * Without dilation along a row, the taps of a row are one run of bytes in the image and in the weights.
 */
#include "common/dot.h"
#include "common/requantize.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

/* The window's part inside the image, as runs of consecutive bytes. */
struct runs {
    const int8_t *in; /* first byte */
    int32_t weights;  /* offset of its weight within an output channel */
    int32_t rows, row_in, row_weights;
    int32_t count, run_in, run_weights; /* runs per row */
    int32_t bytes;                      /* per run */
};

static struct runs clip(const int8_t *image, const struct stator_conv2d *p, struct stator_taps rows, struct stator_taps columns) {
    const int32_t in_row = p->in_w * p->in_c;
    const int32_t merged = p->dilation_w == 1;
    return (struct runs){
        .in = image + rows.at * in_row + columns.at * p->in_c,
        .weights = (rows.first * p->kernel_w + columns.first) * p->in_c,
        .rows = columns.count > 0 ? rows.count : 0,
        .row_in = p->dilation_h * in_row,
        .row_weights = p->kernel_w * p->in_c,
        .count = merged ? 1 : columns.count,
        .run_in = p->dilation_w * p->in_c,
        .run_weights = p->in_c,
        .bytes = merged ? columns.count * p->in_c : p->in_c,
    };
}

static int8_t finish(const struct stator_conv2d *p, int32_t o, int32_t acc) {
    const int32_t y = stator_requantize(acc, p->multiplier[o], p->shift[o]) + p->output_zero_point;
    return (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
}

static void pixel(int8_t *out, const struct stator_conv2d *p, const struct runs *r) {
    const int32_t pitch = p->kernel_h * p->kernel_w * p->in_c;
    const int8_t *weights = p->weights + r->weights;
    int32_t o = 0;
    for (; o + 4 <= p->out_c; o += 4, weights += 4 * pitch) {
        int32_t acc[4] = {0, 0, 0, 0};
        if (p->bias) {
            for (int32_t i = 0; i < 4; i++) {
                acc[i] = p->bias[o + i];
            }
        }
        for (int32_t row = 0; row < r->rows; row++) {
            for (int32_t run = 0; run < r->count; run++) {
                stator_dot4(acc, r->in + row * r->row_in + run * r->run_in, weights + row * r->row_weights + run * r->run_weights,
                            pitch, r->bytes, p->input_zero_point);
            }
        }
        for (int32_t i = 0; i < 4; i++) {
            out[o + i] = finish(p, o + i, acc[i]);
        }
    }
    for (; o < p->out_c; o++, weights += pitch) {
        int32_t acc = p->bias ? p->bias[o] : 0;
        for (int32_t row = 0; row < r->rows; row++) {
            for (int32_t run = 0; run < r->count; run++) {
                acc = stator_dot1(acc, r->in + row * r->row_in + run * r->run_in,
                                  weights + row * r->row_weights + run * r->run_weights, r->bytes, p->input_zero_point);
            }
        }
        out[o] = finish(p, o, acc);
    }
}

int stator_conv2d_s8__c(int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    if (!stator_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t b = 0; b < p->batches; b++, in += p->in_h * p->in_w * p->in_c) {
        for (int32_t y = 0; y < p->out_h; y++) {
            const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
            for (int32_t x = 0; x < p->out_w; x++, out += p->out_c) {
                const struct stator_taps columns =
                    stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, p->dilation_w, p->in_w);
                const struct runs r = clip(in, p, rows, columns);
                pixel(out, p, &r);
            }
        }
    }
    return 0;
}
