/* The oracle: readable, never optimised. */
#include "average_pool2d/average_pool2d.h"
#include "common/requantize.h"

static int32_t sum(const int8_t *first, const struct stator_windows *w, const struct stator_window *window) {
    int32_t total = 0;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            total += first[(y * w->in_w + x) * w->in_c];
        }
    }
    return total;
}

int stator_average_pool2d_s8__ref(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t pixel = 0; pixel < stator_pixels(&p->over); pixel++) {
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t c = 0; c < p->over.in_c; c++) {
            const int32_t mean =
                stator_rounded_mean(sum(in + window.at + c, &p->over, &window), window.rows.count * window.columns.count);
            *out++ = (int8_t)stator_clamp(mean, p->activation_min, p->activation_max);
        }
    }
    return 0;
}
