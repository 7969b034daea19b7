/* The oracle: readable, never optimised. */
#include "average_pool2d/average_pool2d.h"
#include "common/requantize.h"
#include "common/window.h"

static int32_t mean(const int8_t *first, const struct stator_average_pool2d *p, int32_t rows, int32_t columns) {
    int32_t sum = 0;
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < columns; x++) {
            sum += first[(y * p->in_w + x) * p->channels];
        }
    }
    const int32_t count = rows * columns;
    return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

int stator_average_pool2d_s8__ref(int8_t *out, const int8_t *in, const struct stator_average_pool2d *p) {
    if (!stator_average_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t y = 0; y < p->out_h; y++) {
            const struct stator_taps rows = stator_taps_inside(y * p->stride_h - p->pad_top, p->kernel_h, 1, p->in_h);
            for (int32_t x = 0; x < p->out_w; x++) {
                const struct stator_taps columns = stator_taps_inside(x * p->stride_w - p->pad_left, p->kernel_w, 1, p->in_w);
                const int8_t *first = in + ((b * p->in_h + rows.at) * p->in_w + columns.at) * p->channels;
                for (int32_t c = 0; c < p->channels; c++) {
                    const int32_t q = mean(first + c, p, rows.count, columns.count);
                    out[((b * p->out_h + y) * p->out_w + x) * p->channels + c] =
                        (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
                }
            }
        }
    }
    return 0;
}
