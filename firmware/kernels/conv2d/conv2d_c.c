/* Portable C for scalar cores: four output channels share each load of the input, and the window is clipped once per pixel.
 *
 * The window's part inside the image is a list of runs: consecutive bytes in the image, and in the weights of each channel. A row
 * of taps is one run, or, where it is dilated, each of its taps is one.
 */
#include "common/dot.h"
#include "common/nibbles.h"
#include "common/requantize.h"
#include "common/window.h"
#include "conv2d/conv2d.h"

struct runs {
    const int8_t *in; /* first byte of the first run */
    int32_t weights;  /* offset of its weight within an output channel */
    int32_t bytes;    /* per run */
    int32_t count;
    int32_t next_in, next_weights; /* from the end of one run to the start of the next */
};

/* The taps `rows` x `columns` as runs; of several rows only where a row is one run (dilation_w is 1). */
static struct runs clip(const int8_t *image, const struct stator_conv2d *p, struct stator_taps rows, struct stator_taps columns) {
    struct runs r = {
        .in = image + (rows.at * p->in_w + columns.at) * p->in_c,
        .weights = (rows.first * p->kernel_w + columns.first) * p->in_c,
    };
    if (p->dilation_w == 1) {
        r.bytes = columns.count * p->in_c;
        r.count = columns.count > 0 ? rows.count : 0;
        r.next_in = p->dilation_h * p->in_w * p->in_c - r.bytes;
        r.next_weights = p->kernel_w * p->in_c - r.bytes;
    } else {
        r.bytes = p->in_c;
        r.count = rows.count > 0 ? columns.count : 0;
        r.next_in = (p->dilation_w - 1) * p->in_c;
        r.next_weights = 0;
    }
    return r;
}

static int8_t finish(const struct stator_conv2d *p, int32_t o, int32_t acc) {
    const int32_t y = stator_requantize_fast(acc, p->multiplier[o], p->shift[o]) + p->output_zero_point;
    return (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
}

/* Output channels o..o+3 of a pixel. A function of its own, so that its loops have all registers. */
static __attribute__((noinline)) void four(int8_t *out, const struct stator_conv2d *p, const struct runs *r, int32_t o) {
    const int32_t pitch = p->kernel_h * p->kernel_w * p->in_c;
    const int32_t *bias = p->bias ? p->bias + o : p->bias;
    struct stator_dot4 d = stator_dot4_begin(r->in, p->weights + o * pitch + r->weights, pitch, bias);
    const int32_t zero_point = p->input_zero_point;
    const int32_t bytes = r->bytes;
    for (int32_t run = r->count; run > 0; run--) {
        stator_dot4_run(&d, bytes, zero_point);
        d.x += r->next_in;
        stator_dot4_skip(&d, r->next_weights);
    }
    const int32_t acc[4] = {d.a0, d.a1, d.a2, d.a3};
    stator_finish4(out + o, acc, p->multiplier + o, p->shift + o, p->output_zero_point, p->activation_min, p->activation_max);
}

/* The same for INT4 weights. */
static __attribute__((noinline)) void four_s4(int8_t *out, const struct stator_conv2d *p, const struct runs *r, int32_t o) {
    const int32_t pitch = stator_nibble_bytes(p->kernel_h * p->kernel_w * p->in_c);
    const int32_t *bias = p->bias ? p->bias + o : p->bias;
    const int8_t *row = p->weights + o * pitch;
    struct stator_dot4 d = stator_dot4_begin(r->in, row, pitch, bias);
    const int32_t zero_point = p->input_zero_point;
    int32_t at = r->weights;
    for (int32_t run = r->count; run > 0; run--) {
        stator_dot4_nibbles(&d, row, at, r->bytes, zero_point);
        d.x += r->next_in;
        at += r->bytes + r->next_weights;
    }
    const int32_t acc[4] = {d.a0, d.a1, d.a2, d.a3};
    stator_finish4(out + o, acc, p->multiplier + o, p->shift + o, p->output_zero_point, p->activation_min, p->activation_max);
}

/* acc + what the runs give for output channel o. */
static int32_t one(int32_t acc, const struct stator_conv2d *p, const struct runs *r, int32_t o) {
    const int8_t *x = r->in;
    const int8_t *weights = p->weights + o * p->kernel_h * p->kernel_w * p->in_c + r->weights;
    for (int32_t run = r->count; run > 0; run--) {
        acc = stator_dot1(acc, x, weights, r->bytes, p->input_zero_point);
        x += r->bytes + r->next_in;
        weights += r->bytes + r->next_weights;
    }
    return acc;
}

/* The same for INT4 weights. */
static int32_t one_s4(int32_t acc, const struct stator_conv2d *p, const struct runs *r, int32_t o) {
    const int8_t *x = r->in;
    const int8_t *row = p->weights + o * stator_nibble_bytes(p->kernel_h * p->kernel_w * p->in_c);
    int32_t at = r->weights;
    for (int32_t run = r->count; run > 0; run--) {
        acc = stator_dot1_nibbles(acc, x, row, at, r->bytes, p->input_zero_point);
        x += r->bytes + r->next_in;
        at += r->bytes + r->next_weights;
    }
    return acc;
}

/* How the sums are made: of four output channels, and of one. Inlined: no call goes through a pointer. */
struct sums {
    void (*four)(int8_t *out, const struct stator_conv2d *p, const struct runs *r, int32_t o);
    int32_t (*one)(int32_t acc, const struct stator_conv2d *p, const struct runs *r, int32_t o);
};

static inline __attribute__((always_inline)) void pixel(int8_t *out, const int8_t *image, const struct stator_conv2d *p,
                                                        struct sums sums, const struct stator_taps rows, int32_t x) {
    const struct stator_taps columns = stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, p->dilation_w, p->in_w);
    int32_t o = 0;
    if (p->dilation_w == 1 || rows.count <= 1) {
        const struct runs r = clip(image, p, rows, columns);
        for (; o + 4 <= p->out_c; o += 4) {
            sums.four(out, p, &r, o);
        }
    }
    for (; o < p->out_c; o++) {
        int32_t acc = p->bias ? p->bias[o] : 0;
        struct stator_taps row = rows;
        row.count = 1;
        for (int32_t left = rows.count; left > 0; left--, row.first++, row.at += p->dilation_h) {
            const struct runs r = clip(image, p, row, columns);
            acc = sums.one(acc, p, &r, o);
        }
        out[o] = finish(p, o, acc);
    }
}

static inline __attribute__((always_inline)) int convolve(int8_t *out, const int8_t *in, const struct stator_conv2d *p,
                                                          struct sums sums) {
    if (!stator_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t i = 0; i < p->batches; i++) {
        const int32_t b = stator_in_order(i, p->batches, p->backwards);
        const int8_t *image = in + b * p->in_h * p->in_w * p->in_c;
        for (int32_t j = 0; j < p->out_h; j++) {
            const int32_t y = stator_in_order(j, p->out_h, p->backwards);
            const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
            int8_t *row = out + (b * p->out_h + y) * p->out_w * p->out_c;
            for (int32_t k = 0; k < p->out_w; k++) {
                const int32_t x = stator_in_order(k, p->out_w, p->backwards);
                pixel(row + x * p->out_c, image, p, sums, rows, x);
            }
        }
    }
    return 0;
}

int stator_conv2d_s8__c(int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    return convolve(out, in, p, (struct sums){four, one});
}

int stator_conv2d_s8_s4__c(int8_t *out, const int8_t *in, const struct stator_conv2d *p) {
    return convolve(out, in, p, (struct sums){four_s4, one_s4});
}
