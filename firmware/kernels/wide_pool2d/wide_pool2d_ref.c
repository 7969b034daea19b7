/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "wide_pool2d/wide_pool2d.h"

typedef int32_t reduction(const int16_t *first, const struct stator_windows *w, const struct stator_window *window);

static int32_t mean(const int16_t *first, const struct stator_windows *w, const struct stator_window *window) {
    int32_t total = 0;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            total += first[(y * w->in_w + x) * w->in_c];
        }
    }
    return stator_rounded_mean(total, window->rows.count * window->columns.count);
}

static int32_t largest(const int16_t *first, const struct stator_windows *w, const struct stator_window *window) {
    int32_t most = INT16_MIN;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            const int32_t value = first[(y * w->in_w + x) * w->in_c];
            most = value > most ? value : most;
        }
    }
    return most;
}

/* Inlined, so that no call goes through a pointer. */
static inline __attribute__((always_inline)) int pool(int16_t *out, const int16_t *in, const struct stator_pool2d *p,
                                                      reduction *reduce) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t pixel = 0; pixel < stator_pixels(&p->over); pixel++) {
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t c = 0; c < p->over.in_c; c++) {
            const int32_t value = reduce(in + window.at + c, &p->over, &window);
            *out++ = (int16_t)stator_clamp(value, p->activation_min, p->activation_max);
        }
    }
    return 0;
}

int stator_average_pool2d_s16__ref(int16_t *out, const int16_t *in, const struct stator_pool2d *p) {
    return pool(out, in, p, mean);
}

int stator_max_pool2d_s16__ref(int16_t *out, const int16_t *in, const struct stator_pool2d *p) {
    return pool(out, in, p, largest);
}
