/* The oracle: readable, never optimised. */
#include "real_pool2d/real_pool2d.h"

#include <float.h>
#include <math.h>

typedef float reduction(const float *first, const struct stator_windows *w, const struct stator_window *window);

static float mean(const float *first, const struct stator_windows *w, const struct stator_window *window) {
    float total = 0.0f;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            total += first[(y * w->in_w + x) * w->in_c];
        }
    }
    return total / (float)(window->rows.count * window->columns.count);
}

static float root_mean_square(const float *first, const struct stator_windows *w, const struct stator_window *window) {
    float total = 0.0f;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            const float value = first[(y * w->in_w + x) * w->in_c];
            total += value * value;
        }
    }
    return sqrtf(total / (float)(window->rows.count * window->columns.count));
}

static float largest(const float *first, const struct stator_windows *w, const struct stator_window *window) {
    float most = -FLT_MAX;
    for (int32_t y = 0; y < window->rows.count; y++) {
        for (int32_t x = 0; x < window->columns.count; x++) {
            const float value = first[(y * w->in_w + x) * w->in_c];
            most = value > most ? value : most;
        }
    }
    return most;
}

/* Inlined, so that no call goes through a pointer. */
static inline __attribute__((always_inline)) int pool(float *out, const float *in, const struct stator_real_pool2d *p,
                                                      reduction *reduce) {
    if (!stator_real_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t pixel = 0; pixel < stator_pixels(&p->over); pixel++) {
        const struct stator_window window = stator_window_of(&p->over, pixel);
        for (int32_t c = 0; c < p->over.in_c; c++) {
            const float value = reduce(in + window.at + c, &p->over, &window);
            const float above = value < p->activation_min ? p->activation_min : value;
            *out++ = above > p->activation_max ? p->activation_max : above;
        }
    }
    return 0;
}

int stator_average_pool2d_f32__ref(float *out, const float *in, const struct stator_real_pool2d *p) {
    return pool(out, in, p, mean);
}

int stator_max_pool2d_f32__ref(float *out, const float *in, const struct stator_real_pool2d *p) {
    return pool(out, in, p, largest);
}

int stator_l2_pool2d_f32__ref(float *out, const float *in, const struct stator_real_pool2d *p) {
    return pool(out, in, p, root_mean_square);
}
