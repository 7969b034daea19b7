/* The oracle: readable, never optimised. */
#include "wide_transpose_conv/wide_transpose_conv.h"

#include "common/requantize.h"
#include "transpose_conv/transpose_conv.h"

static int64_t sum_at(const int16_t *in, const struct stator_wide_transpose_conv *p, int32_t y, int32_t x, int32_t c) {
    int64_t sum = p->bias ? p->bias[c] : 0;
    const int32_t taps = p->kernel_h * p->kernel_w;
    for (int32_t tap = 0; tap < taps; tap++) {
        const int32_t in_y = stator_transposed_source(y, tap / p->kernel_w, p->pad_top, p->stride_h, p->in_h);
        const int32_t in_x = stator_transposed_source(x, tap % p->kernel_w, p->pad_left, p->stride_w, p->in_w);
        if (in_y >= 0 && in_x >= 0) {
            const int16_t *pixel = in + (in_y * p->in_w + in_x) * p->in_c;
            const int8_t *weights = p->weights + (c * taps + tap) * p->in_c;
            for (int32_t k = 0; k < p->in_c; k++) {
                sum += pixel[k] * weights[k];
            }
        }
    }
    return sum;
}

int stator_wide_transpose_conv_s16_s8__ref(int16_t *out, const int16_t *in, const struct stator_wide_transpose_conv *p) {
    if (!stator_wide_transpose_conv_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t image = p->out_h * p->out_w * p->out_c;
    for (int32_t batch = 0; batch < p->batches; batch++, in += p->in_h * p->in_w * p->in_c) {
        for (int32_t i = 0; i < image; i++) {
            const int32_t c = i % p->out_c, x = i / p->out_c % p->out_w, y = i / p->out_c / p->out_w;
            const int32_t q = stator_requantize_wide(sum_at(in, p, y, x, c), p->multiplier[c], p->shift[c]);
            *out++ = (int16_t)stator_clamp(q, p->activation_min, p->activation_max);
        }
    }
    return 0;
}
