/* Portable C: four channels at a time, each pixel of the window once. */
#include "average_pool2d/average_pool2d.h"
#include "common/requantize.h"

struct window {
    const int8_t *in;
    int32_t rows, columns;
    int32_t step;  /* from pixel to pixel */
    int32_t pitch; /* from the end of a row of the window to the start of the next */
};

static int8_t finish(const struct stator_pool2d *p, int32_t sum, int32_t count) {
    return (int8_t)stator_clamp(stator_rounded_mean(sum, count), p->activation_min, p->activation_max);
}

/* Channels c..c+3. A function of its own, so that its loop has all registers. */
static __attribute__((noinline)) void four(int8_t *out, const struct stator_pool2d *p, const struct window *w, int32_t c) {
    const int8_t *x = w->in + c;
    const int32_t step = w->step;
    int32_t a0 = 0;
    int32_t a1 = 0;
    int32_t a2 = 0;
    int32_t a3 = 0;
    for (int32_t row = w->rows; row > 0; row--, x += w->pitch) {
        for (int32_t column = w->columns; column > 0; column--, x += step) {
            a0 += x[0];
            a1 += x[1];
            a2 += x[2];
            a3 += x[3];
        }
    }
    const int32_t count = w->rows * w->columns;
    out[c] = finish(p, a0, count);
    out[c + 1] = finish(p, a1, count);
    out[c + 2] = finish(p, a2, count);
    out[c + 3] = finish(p, a3, count);
}

static void one(int8_t *out, const struct stator_pool2d *p, const struct window *w, int32_t c) {
    const int8_t *x = w->in + c;
    int32_t sum = 0;
    for (int32_t row = w->rows; row > 0; row--, x += w->pitch) {
        for (int32_t column = w->columns; column > 0; column--, x += w->step) {
            sum += *x;
        }
    }
    out[c] = finish(p, sum, w->rows * w->columns);
}

int stator_average_pool2d_s8__c(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t channels = p->over.in_c;
    const int32_t pixels = stator_pixels(&p->over);
    for (int32_t pixel = 0; pixel < pixels; pixel++, out += channels) {
        const struct stator_window found = stator_window_of(&p->over, pixel);
        const struct window w = {
            .in = in + found.at,
            .rows = found.rows.count,
            .columns = found.columns.count,
            .step = channels,
            .pitch = (p->over.in_w - found.columns.count) * channels,
        };
        int32_t c = 0;
        for (; c + 4 <= channels; c += 4) {
            four(out, p, &w, c);
        }
        for (; c < channels; c++) {
            one(out, p, &w, c);
        }
    }
    return 0;
}
