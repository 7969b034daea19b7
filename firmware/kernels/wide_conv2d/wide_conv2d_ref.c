/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "wide_conv2d/wide_conv2d.h"

static int64_t accumulate(const int16_t *in, const struct stator_wide_conv2d *p, const struct stator_window *window, int32_t o) {
    const struct stator_windows *w = &p->over;
    const int16_t *first = in + window->at + o / p->filters * p->depth;
    int64_t acc = p->bias ? p->bias[o] : 0;
    for (int32_t r = 0; r < window->rows.count; r++) {
        for (int32_t c = 0; c < window->columns.count; c++) {
            const int16_t *x = first + (r * w->dilation_h * w->in_w + c * w->dilation_w) * w->in_c;
            const int32_t tap = (window->rows.first + r) * w->kernel_w + window->columns.first + c;
            for (int32_t i = 0; i < p->depth; i++) {
                acc += x[i] * p->weights[(o * w->kernel_h * w->kernel_w + tap) * p->depth + i];
            }
        }
    }
    return acc;
}

int stator_wide_conv2d_s16_s8__ref(int16_t *out, const int16_t *in, const struct stator_wide_conv2d *p) {
    if (!stator_wide_conv2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t pixels = stator_pixels(&p->over);
    for (int32_t i = 0; i < pixels; i++) {
        const int32_t pixel = stator_in_order(i, pixels, p->backwards);
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t o = 0; o < p->out_c; o++) {
            const int64_t acc = accumulate(in, p, &window, o);
            const int32_t y = p->wide ? stator_requantize_wide(acc, p->multiplier[o], p->shift[o])
                                      : stator_requantize((int32_t)acc, p->multiplier[o], p->shift[o]);
            out[pixel * p->out_c + o] = (int16_t)stator_clamp(y, p->activation_min, p->activation_max);
        }
    }
    return 0;
}
