/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "transpose_conv/transpose_conv.h"

static int32_t sum_at(const int8_t *in, const struct stator_transpose_conv *p, int32_t y, int32_t x, int32_t c) {
    int32_t sum = p->bias ? p->bias[c] : 0;
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int32_t in_y = stator_transposed_source(y, ky, p->pad_top, p->stride_h, p->in_h);
            const int32_t in_x = stator_transposed_source(x, kx, p->pad_left, p->stride_w, p->in_w);
            if (in_y < 0 || in_x < 0) {
                continue;
            }
            const int8_t *pixel = in + (in_y * p->in_w + in_x) * p->in_c;
            const int8_t *weights = p->weights + ((c * p->kernel_h + ky) * p->kernel_w + kx) * p->in_c;
            for (int32_t k = 0; k < p->in_c; k++) {
                sum += (pixel[k] - p->input_zero_point) * weights[k];
            }
        }
    }
    return sum;
}

int stator_transpose_conv_s8__ref(int8_t *out, const int8_t *in, const struct stator_transpose_conv *p) {
    if (!stator_transpose_conv_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t batch = 0; batch < p->batches; batch++, in += p->in_h * p->in_w * p->in_c) {
        for (int32_t y = 0; y < p->out_h; y++) {
            for (int32_t x = 0; x < p->out_w; x++) {
                for (int32_t c = 0; c < p->out_c; c++) {
                    const int32_t q =
                        stator_requantize(sum_at(in, p, y, x, c), p->multiplier[c], p->shift[c]) + p->output_zero_point;
                    *out++ = (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
                }
            }
        }
    }
    return 0;
}
