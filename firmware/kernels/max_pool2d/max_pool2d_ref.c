/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "max_pool2d/max_pool2d.h"

static int32_t largest(const int8_t *first, const struct stator_windows *w, const struct stator_window *window) {
    int32_t most = INT8_MIN;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            const int32_t value = first[(y * w->in_w + x) * w->in_c];
            most = value > most ? value : most;
        }
    }
    return most;
}

int stator_max_pool2d_s8__ref(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t pixel = 0; pixel < stator_pixels(&p->over); pixel++) {
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t c = 0; c < p->over.in_c; c++) {
            const int32_t most = largest(in + window.at + c, &p->over, &window);
            *out++ = (int8_t)stator_clamp(most, p->activation_min, p->activation_max);
        }
    }
    return 0;
}
