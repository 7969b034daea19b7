/* The oracle: readable, never optimised. */
#include "l2_pool2d/l2_pool2d.h"

#include <math.h>

static float root_mean_square(const float *in, const struct stator_l2_pool2d *p, int32_t top, int32_t left, int32_t channel) {
    float sum = 0.0f;
    int32_t count = 0;
    for (int32_t y = top; y < top + p->kernel_h; y++) {
        for (int32_t x = left; x < left + p->kernel_w; x++) {
            if (y >= 0 && y < p->in_h && x >= 0 && x < p->in_w) {
                const float value = in[(y * p->in_w + x) * p->channels + channel];
                sum += value * value;
                count++;
            }
        }
    }
    return sqrtf(sum / (float)count);
}

int stator_l2_pool2d_f32__ref(float *out, const float *in, const struct stator_l2_pool2d *p) {
    if (!stator_l2_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t batch = 0; batch < p->batches; batch++, in += p->in_h * p->in_w * p->channels) {
        for (int32_t y = 0; y < p->out_h; y++) {
            for (int32_t x = 0; x < p->out_w; x++) {
                for (int32_t c = 0; c < p->channels; c++) {
                    const float root = root_mean_square(in, p, y * p->stride_h - p->pad_top, x * p->stride_w - p->pad_left, c);
                    const float above = root < p->activation_min ? p->activation_min : root;
                    *out++ = above > p->activation_max ? p->activation_max : above;
                }
            }
        }
    }
    return 0;
}
