/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "svdf/svdf.h"

/* What the filter gives for this run. */
static int32_t feature(const int8_t *in, const struct stator_svdf *p, int32_t filter) {
    const int8_t *weights = p->feature_weights + filter * p->depth;
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        sum += weights[i] * (in[i] - p->input_zero_point);
    }
    return stator_requantize(sum, p->feature_multiplier, p->feature_shift);
}

static int8_t finish(uint32_t sum, const struct stator_svdf *p) {
    const int32_t q = stator_requantize((int32_t)sum, p->multiplier, p->shift) + p->output_zero_point;
    return (int8_t)stator_clamp(q, p->activation_min, p->activation_max);
}

/* `type` is the element of the state and of the time weights, least and most its ends. */
#define SVDF(kernel, type, least, most)                                                                                          \
    int kernel(int8_t *out, const int8_t *in, void *state, const struct stator_svdf *p) {                                        \
        if (!stator_svdf_valid(out, in, state, p)) {                                                                             \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        type *kept = state;                                                                                                      \
        for (int32_t batch = 0; batch < p->batches; batch++, in += p->depth) {                                                   \
            const type *weights = p->time_weights;                                                                               \
            for (int32_t unit = 0; unit < p->units; unit++) {                                                                    \
                uint32_t sum = p->bias ? (uint32_t)p->bias[unit] : 0;                                                            \
                for (int32_t filter = unit * p->rank; filter < (unit + 1) * p->rank; filter++) {                                 \
                    for (int32_t i = 0; i < p->memory - 1; i++) {                                                                \
                        kept[i] = kept[i + 1];                                                                                   \
                    }                                                                                                            \
                    kept[p->memory - 1] = (type)(stator_clamp(feature(in, p, filter), least, most) + p->state_zero_point);       \
                    for (int32_t i = 0; i < p->memory; i++) {                                                                    \
                        sum += (uint32_t)(weights[i] * (kept[i] - p->state_zero_point));                                         \
                    }                                                                                                            \
                    kept += p->memory;                                                                                           \
                    weights += p->memory;                                                                                        \
                }                                                                                                                \
                *out++ = finish(sum, p);                                                                                         \
            }                                                                                                                    \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

SVDF(stator_svdf_s8_s16__ref, int16_t, INT16_MIN, INT16_MAX)
SVDF(stator_svdf_s8_s8__ref, int8_t, INT8_MIN, INT8_MAX)
