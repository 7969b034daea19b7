/* Portable C for scalar cores: four channels at a time, and the window is clipped once per pixel. */
#include "common/nibbles.h"
#include "common/requantize.h"
#include "common/window.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

#include <string.h>

/* The window's part inside the image: offsets in bytes from the first tap. */
struct window {
    const int8_t *in;
    const int8_t *weights;
    int32_t rows, columns;
    int32_t row_in, row_weights;       /* from the end of a row of taps to the start of the next */
    int32_t column_in, column_weights; /* from tap to tap */
};

/* `tap_bytes`: of the weights of a tap. */
static struct window clip(const int8_t *image, const struct stator_depthwise_conv2d *p, struct stator_taps rows,
                          struct stator_taps columns, int32_t tap_bytes) {
    const int32_t column_in = p->dilation_w * p->in_c;
    return (struct window){
        .in = image + (rows.at * p->in_w + columns.at) * p->in_c,
        .weights = p->weights + (rows.first * p->kernel_w + columns.first) * tap_bytes,
        .rows = columns.count > 0 ? rows.count : 0,
        .columns = columns.count,
        .row_in = p->dilation_h * p->in_w * p->in_c - columns.count * column_in,
        .row_weights = (p->kernel_w - columns.count) * tap_bytes,
        .column_in = column_in,
        .column_weights = tap_bytes,
    };
}

static inline int8_t finish(const struct stator_depthwise_conv2d *p, int32_t c, int32_t acc) {
    const int32_t y = stator_requantize_fast(acc, p->multiplier[c], p->shift[c]) + p->output_zero_point;
    return (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
}

/* Channels c..c+3, which have an input channel each (depth_multiplier is 1). A function of its own, so that its loops have all
 * registers to themselves. */
static __attribute__((noinline)) void four(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w,
                                           int32_t c) {
    const int32_t zero_point = p->input_zero_point;
    const int32_t column_in = w->column_in;
    const int32_t column_weights = w->column_weights;
    const int32_t row_bytes = w->columns * column_in;
    const int8_t *x = w->in + c;
    const int8_t *k = w->weights + c;
    int32_t a0 = 0;
    int32_t a1 = 0;
    int32_t a2 = 0;
    int32_t a3 = 0;
    if (p->bias) {
        a0 = p->bias[c];
        a1 = p->bias[c + 1];
        a2 = p->bias[c + 2];
        a3 = p->bias[c + 3];
    }
    for (int32_t row = w->rows; row > 0; row--) {
        for (const int8_t *const end = x + row_bytes; x != end; x += column_in, k += column_weights) {
            a0 += (x[0] - zero_point) * k[0];
            a1 += (x[1] - zero_point) * k[1];
            a2 += (x[2] - zero_point) * k[2];
            a3 += (x[3] - zero_point) * k[3];
        }
        x += w->row_in;
        k += w->row_weights;
    }
    const int32_t acc[4] = {a0, a1, a2, a3};
    stator_finish4(out + c, acc, p->multiplier + c, p->shift + c, p->output_zero_point, p->activation_min, p->activation_max);
}

/* The same for INT4 weights; c is even. */
static __attribute__((noinline)) void four_s4(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w,
                                              int32_t c) {
    const int32_t zero_point = p->input_zero_point;
    const int8_t *x = w->in + c;
    const int8_t *k = w->weights + (c >> 1);
    int32_t acc[4] = {0};
    if (p->bias) {
        memcpy(acc, p->bias + c, sizeof acc);
    }
    for (int32_t row = w->rows; row > 0; row--, x += w->row_in, k += w->row_weights) {
        for (int32_t column = w->columns; column > 0; column--, x += w->column_in, k += w->column_weights) {
            acc[0] += (x[0] - zero_point) * stator_low_nibble(k[0]);
            acc[1] += (x[1] - zero_point) * stator_high_nibble(k[0]);
            acc[2] += (x[2] - zero_point) * stator_low_nibble(k[1]);
            acc[3] += (x[3] - zero_point) * stator_high_nibble(k[1]);
        }
    }
    stator_finish4(out + c, acc, p->multiplier + c, p->shift + c, p->output_zero_point, p->activation_min, p->activation_max);
}

static void one_s4(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w, int32_t c) {
    int32_t acc = p->bias ? p->bias[c] : 0;
    const int8_t *x = w->in + c / p->depth_multiplier;
    const int8_t *k = w->weights;
    for (int32_t row = w->rows; row > 0; row--, x += w->row_in, k += w->row_weights) {
        for (int32_t column = w->columns; column > 0; column--, x += w->column_in, k += w->column_weights) {
            acc += (*x - p->input_zero_point) * stator_nibble(k, c);
        }
    }
    out[c] = finish(p, c, acc);
}

static void one(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w, int32_t c) {
    int32_t acc = p->bias ? p->bias[c] : 0;
    const int8_t *x = w->in + c / p->depth_multiplier;
    const int8_t *k = w->weights + c;
    for (int32_t row = w->rows; row > 0; row--, x += w->row_in, k += w->row_weights) {
        for (int32_t column = w->columns; column > 0; column--, x += w->column_in, k += w->column_weights) {
            acc += (*x - p->input_zero_point) * *k;
        }
    }
    out[c] = finish(p, c, acc);
}

/* How the outputs of four channels are made, and of one; bytes of the weights of a tap. Inlined: no call goes through a pointer.
 */
struct how {
    void (*four)(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w, int32_t c);
    void (*one)(int8_t *out, const struct stator_depthwise_conv2d *p, const struct window *w, int32_t c);
    int32_t tap_bytes;
};

static inline __attribute__((always_inline)) int convolve(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d *p,
                                                          struct how how) {
    const int32_t out_c = p->in_c * p->depth_multiplier;
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        const int8_t *image = in + b * p->in_h * p->in_w * p->in_c;
        for (int32_t j = 0; j < p->out_h; j++) {
            const int32_t y = stator_in_order(j, p->out_h, p->backwards);
            const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
            int8_t *row = out + (b * p->out_h + y) * p->out_w * out_c;
            for (int32_t k = 0; k < p->out_w; k++) {
                const int32_t x = stator_in_order(k, p->out_w, p->backwards);
                int8_t *to = row + x * out_c;
                const struct stator_taps columns =
                    stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, p->dilation_w, p->in_w);
                const struct window w = clip(image, p, rows, columns, how.tap_bytes);
                int32_t c = 0;
                for (; p->depth_multiplier == 1 && c + 4 <= out_c; c += 4) {
                    how.four(to, p, &w, c);
                }
                for (; c < out_c; c++) {
                    how.one(to, p, &w, c);
                }
            }
        }
    }
    return 0;
}

int stator_depthwise_conv2d_s8__c(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d *p) {
    if (!stator_depthwise_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    return convolve(out, in, p, (struct how){four, one, p->in_c * p->depth_multiplier});
}

int stator_depthwise_conv2d_s8_s4__c(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d *p) {
    if (!stator_depthwise_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    return convolve(out, in, p, (struct how){four_s4, one_s4, stator_nibble_bytes(p->in_c * p->depth_multiplier)});
}
