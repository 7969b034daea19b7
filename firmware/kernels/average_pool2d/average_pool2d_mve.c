/* For Helium: eight channels at a time, their sums in 16 bits where a window has no more pixels than that takes. */
#include "average_pool2d/average_pool2d.h"
#include "common/requantize.h"

#include <arm_mve.h>

#define LANES  8
#define PIXELS 256 /* of a window: 256 * -128 fits 16 bits */

/* Means of `count` elements, rounded half away from zero: |sum| * 2^31 / count in the high half, exact for sums of PIXELS. */
static inline int32x4_t means(int32x4_t sum, int32_t count) {
    const uint32x4_t doubled = vreinterpretq_u32_s32(vshlq_n_s32(vaddq_n_s32(vabsq_s32(sum), count / 2), 1));
    const uint32x4_t mean = vmulhq_u32(doubled, vdupq_n_u32((UINT32_C(1) << 31) / (uint32_t)count + 1));
    const int32x4_t positive = vreinterpretq_s32_u32(mean);
    return vnegq_m_s32(positive, positive, vcmpltq_n_s32(sum, 0));
}

/* All channels of a pixel, of a window of at most PIXELS. */
static void narrow(int8_t *out, const int8_t *in, const struct stator_pool2d *p, const struct stator_window *w) {
    const int32_t channels = p->over.in_c;
    const int32_t pitch = (p->over.in_w - w->columns.count) * channels;
    const int16x8_t low = vdupq_n_s16((int16_t)p->activation_min);
    const int16x8_t high = vdupq_n_s16((int16_t)p->activation_max);
    for (int32_t c = 0; c < channels; c += LANES) {
        const mve_pred16_t there = vctp16q((uint32_t)(channels - c));
        const int8_t *x = in + c;
        int16x8_t sum = vdupq_n_s16(0);
        for (int32_t row = w->rows.count; row > 0; row--, x += pitch) {
            for (int32_t column = w->columns.count; column > 0; column--, x += channels) {
                sum = vaddq_s16(sum, vldrbq_z_s16(x, there));
            }
        }
        const int32_t count = w->rows.count * w->columns.count;
        int16x8_t mean = vmovnbq_s32(sum, means(vmovlbq_s16(sum), count));
        mean = vmovntq_s32(mean, means(vmovltq_s16(sum), count));
        vstrbq_p_s16(out + c, vminq_s16(vmaxq_s16(mean, low), high), there);
    }
}

static void wide(int8_t *out, const int8_t *in, const struct stator_pool2d *p, const struct stator_window *w) {
    for (int32_t c = 0; c < p->over.in_c; c++) {
        int32_t sum = 0;
        for (int32_t y = 0; y < w->rows.count; y++) {
            for (int32_t x = 0; x < w->columns.count; x++) {
                sum += in[(y * p->over.in_w + x) * p->over.in_c + c];
            }
        }
        const int32_t mean = stator_rounded_mean(sum, w->rows.count * w->columns.count);
        out[c] = (int8_t)stator_clamp(mean, p->activation_min, p->activation_max);
    }
}

int stator_average_pool2d_s8__mve(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t pixels = stator_pixels(&p->over);
    for (int32_t pixel = 0; pixel < pixels; pixel++, out += p->over.in_c) {
        const struct stator_window w = stator_window_of(&p->over, pixel);
        if (w.rows.count * w.columns.count <= PIXELS) {
            narrow(out, in + w.at, p, &w);
        } else {
            wide(out, in + w.at, p, &w);
        }
    }
    return 0;
}
