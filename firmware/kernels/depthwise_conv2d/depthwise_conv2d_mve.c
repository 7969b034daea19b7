/* Depthwise convolution for Helium with windows of any size, pixel by pixel, eight channels at a time.
 *
 * Stream, as words: per eight channels, for every tap of the window their weights, 8 bytes; then of channels 0, 2, 4 and 6, and
 * of 1, 3, 5 and 7: four biases, from which zero point times weights is taken, four multipliers, and four shifts as negative
 * numbers. Taps outside the image see the zero point. Channels that are missing are 0. No weight is -128, so that two products
 * fit 16 bits.
 */
#include "common/window.h"
#include "depthwise_conv2d/depthwise_conv2d.h"

#include <arm_mve.h>

#define LANES 8

/* What a pixel's window is, and what of it lies in the image. */
struct window {
    const int8_t *in; /* the first tap inside, channel 0 */
    struct stator_taps rows, columns;
};

/* Sums of eight channels: even and odd ones. */
struct sums {
    int32x4_t even, odd;
};

static inline struct sums add(struct sums s, int16x8_t products) {
    s.even = vaddq_s32(s.even, vmovlbq_s16(products));
    s.odd = vaddq_s32(s.odd, vmovltq_s16(products));
    return s;
}

/* `count` taps of a row, `step` bytes apart; 0 for the same one. */
static inline struct sums row_of(struct sums s, const int8_t *x, const int8_t *weights, int32_t count, int32_t step,
                                 mve_pred16_t there) {
    for (; count >= 2; count -= 2, x += 2 * step, weights += 2 * LANES) {
        const int16x8_t first = vmulq_s16(vldrbq_z_s16(x, there), vldrbq_s16(weights));
        s = add(s, vaddq_s16(first, vmulq_s16(vldrbq_z_s16(x + step, there), vldrbq_s16(weights + LANES))));
    }
    if (count > 0) {
        s = add(s, vmulq_s16(vldrbq_z_s16(x, there), vldrbq_s16(weights)));
    }
    return s;
}

/* Four outputs, still to be saturated: exact as REQUANTIZE_4 and ROUND_4 of mve.inc, in the same limits. */
static inline int32x4_t finished(int32x4_t sum, const int32_t *finish, int32_t zero_point) {
    const int32x4_t product = vqrdmulhq_s32(vaddq_s32(sum, vldrwq_s32(finish)), vldrwq_s32(finish + 4));
    const int32x4_t nudged = vaddq_s32(product, vshrq_n_s32(product, 31));
    return vaddq_n_s32(vrshlq_s32(nudged, vldrwq_s32(finish + 8)), zero_point);
}

static void pixel(int8_t *out, const struct stator_depthwise_conv2d_packed *p, const struct window *w, const int8_t *outside) {
    const int32_t taps = p->kernel_h * p->kernel_w;
    const int32_t step = p->dilation_w * p->in_c;
    const int32_t *stream = p->stream;
    for (int32_t c = 0; c < p->in_c; c += LANES) {
        const mve_pred16_t there = vctp16q((uint32_t)(p->in_c - c));
        const int8_t *weights = (const int8_t *)stream;
        struct sums s = {vdupq_n_s32(0), vdupq_n_s32(0)};
        for (int32_t ky = 0; ky < p->kernel_h; ky++, weights += p->kernel_w * LANES) {
            const int32_t row = ky - w->rows.first;
            if (row < 0 || row >= w->rows.count || w->columns.count == 0) {
                s = row_of(s, outside, weights, p->kernel_w, 0, there);
                continue;
            }
            const int32_t behind = w->columns.first + w->columns.count;
            s = row_of(s, outside, weights, w->columns.first, 0, there);
            s = row_of(s, w->in + row * p->dilation_h * p->in_w * p->in_c + c, weights + w->columns.first * LANES,
                       w->columns.count, step, there);
            s = row_of(s, outside, weights + behind * LANES, p->kernel_w - behind, 0, there);
        }
        stream += 2 * taps;
        int16x8_t y = vqmovnbq_s32(vdupq_n_s16(0), finished(s.even, stream, p->output_zero_point));
        y = vqmovntq_s32(y, finished(s.odd, stream + 12, p->output_zero_point));
        y = vminq_s16(vmaxq_s16(y, vdupq_n_s16(INT8_MIN)), vdupq_n_s16(INT8_MAX));
        vstrbq_p_s16(out + c, y, there);
        stream += 24;
    }
}

int stator_depthwise_conv2d_s8__mve(int8_t *out, const int8_t *in, const struct stator_depthwise_conv2d_packed *p,
                                    void *scratch) {
    if (!stator_depthwise_conv2d_packed_valid(out, in, p)) {
        return -EINVAL;
    }
    (void)scratch; /* takes none */
    int8_t outside[LANES];
    for (int32_t i = 0; i < LANES; i++) {
        outside[i] = (int8_t)p->input_zero_point;
    }
    const int32_t pixels = p->batches * p->out_h * p->out_w;
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t at = stator_in_order(i, pixels, p->backwards);
        const int32_t row = at / p->out_w;
        const int32_t b = row / p->out_h;
        const int32_t y = row - b * p->out_h;
        const int32_t x = at - row * p->out_w;
        struct window w;
        w.rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, p->dilation_h, p->in_h);
        w.columns = stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, p->dilation_w, p->in_w);
        w.in = in + ((b * p->in_h + w.rows.at) * p->in_w + w.columns.at) * p->in_c;
        pixel(out + at * p->in_c, p, &w, outside);
    }
    return 0;
}
