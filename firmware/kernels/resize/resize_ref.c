/* The oracle: readable, never optimised. */
#include "resize/resize.h"

#include <string.h>

/* The pixel of input row `row` and column `column`, in elements. */
static int32_t pixel(const struct stator_resize *p, int32_t batch, int32_t row, int32_t column) {
    return ((batch * p->in_h + row) * p->in_w + column) * p->channels;
}

int stator_resize_nearest_any__ref(void *out, const void *in, const struct stator_resize *p) {
    if (!stator_resize_valid(out, in, p)) {
        return -EINVAL;
    }
    uint8_t *to = out;
    const int32_t bytes = p->channels * p->element_bytes;
    for (int32_t batch = 0; batch < p->batches; batch++) {
        for (int32_t y = 0; y < p->out_h; y++) {
            for (int32_t x = 0; x < p->out_w; x++) {
                const int32_t from = pixel(p, batch, p->rows[2 * y], p->columns[2 * x]) * p->element_bytes;
                memcpy(to, (const uint8_t *)in + from, (size_t)bytes);
                to += bytes;
            }
        }
    }
    return 0;
}

/* Four elements in parts of 2^20, rounded half away from zero. */
static int8_t blend_s8(const int8_t *ll, const int8_t *ul, const int8_t *lu, const int8_t *uu, int32_t row, int32_t column) {
    const int64_t sum = (int64_t)*ll * (1024 - row) * (1024 - column) + (int64_t)*ul * row * (1024 - column) +
                        (int64_t)*lu * (1024 - row) * column + (int64_t)*uu * row * column;
    return (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
}

static float blend_f32(const float *ll, const float *ul, const float *lu, const float *uu, float row, float column) {
    const float sum =
        *ll * (1.0f - row) * (1.0f - column) + *ul * row * (1.0f - column) + *lu * (1.0f - row) * column + *uu * row * column;
    return sum + 0.0f; /* no negative zeros */
}

#define BILINEAR(kernel, type, blend, row_table, column_table)                                                                   \
    int kernel(void *out, const void *in, const struct stator_resize *p) {                                                       \
        if (!stator_resize_valid(out, in, p) || !p->row_table || !p->column_table) {                                             \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *to = out;                                                                                                          \
        const type *from = in;                                                                                                   \
        for (int32_t batch = 0; batch < p->batches; batch++) {                                                                   \
            for (int32_t y = 0; y < p->out_h; y++) {                                                                             \
                for (int32_t x = 0; x < p->out_w; x++) {                                                                         \
                    const type *ll = from + pixel(p, batch, p->rows[2 * y], p->columns[2 * x]);                                  \
                    const type *ul = from + pixel(p, batch, p->rows[2 * y + 1], p->columns[2 * x]);                              \
                    const type *lu = from + pixel(p, batch, p->rows[2 * y], p->columns[2 * x + 1]);                              \
                    const type *uu = from + pixel(p, batch, p->rows[2 * y + 1], p->columns[2 * x + 1]);                          \
                    for (int32_t c = 0; c < p->channels; c++) {                                                                  \
                        *to++ = blend(ll + c, ul + c, lu + c, uu + c, p->row_table[y], p->column_table[x]);                      \
                    }                                                                                                            \
                }                                                                                                                \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

BILINEAR(stator_resize_bilinear_s8__ref, int8_t, blend_s8, row_parts, column_parts)
BILINEAR(stator_resize_bilinear_f32__ref, float, blend_f32, row_shares, column_shares)
