/* The oracle: readable, never optimised. */
#include "real_conv2d/real_conv2d.h"

static float accumulate(const float *in, const struct stator_real_conv2d *p, const struct stator_window *window, int32_t o) {
    const struct stator_windows *w = &p->over;
    const float *first = in + window->at + o / p->filters * p->depth;
    float acc = 0.0f;
    for (int32_t r = 0; r < window->rows.count; r++) {
        for (int32_t c = 0; c < window->columns.count; c++) {
            const float *x = first + (r * w->dilation_h * w->in_w + c * w->dilation_w) * w->in_c;
            const int32_t tap = (window->rows.first + r) * w->kernel_w + window->columns.first + c;
            for (int32_t i = 0; i < p->depth; i++) {
                acc += x[i] * p->weights[(o * w->kernel_h * w->kernel_w + tap) * p->depth + i];
            }
        }
    }
    return p->bias ? acc + p->bias[o] : acc;
}

int stator_real_conv2d_f32__ref(float *out, const float *in, const struct stator_real_conv2d *p) {
    if (!stator_real_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t pixels = stator_pixels(&p->over);
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t pixel = stator_in_order(i, pixels, p->backwards);
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t o = 0; o < p->out_c; o++) {
            const float acc = accumulate(in, p, &window, o);
            const float above = acc < p->activation_min ? p->activation_min : acc;
            out[pixel * p->out_c + o] = above > p->activation_max ? p->activation_max : above;
        }
    }
    return 0;
}
