/* The oracle: readable, never optimised. */
#include "common/requantize.h"
#include "rescale/rescale.h"

static int32_t rescaled(int32_t q, const struct stator_rescale *p) {
    const int32_t x = q - p->input_zero_point;
    int32_t y;
    if (x >= 0) {
        y = stator_requantize(x, p->multiplier, p->shift);
    } else {
        y = stator_requantize(x, p->below_multiplier, p->below_shift);
        y = p->below_negated ? -y : y;
    }
    return stator_clamp(y + p->output_zero_point, p->low, p->high);
}

#define RESCALE(kernel, from_type, to_type)                                                                                      \
    int kernel(void *out, const void *in, const struct stator_rescale *p) {                                                      \
        if (!out || !in || !p || p->elements < 1) {                                                                              \
            return -EINVAL;                                                                                                      \
        }                                                                                                                        \
        const from_type *from = in;                                                                                              \
        to_type *to = out;                                                                                                       \
        for (int32_t i = 0; i < p->elements; i++) {                                                                              \
            to[i] = (to_type)rescaled(from[i], p);                                                                               \
        }                                                                                                                        \
        return 0;                                                                                                                \
    }

RESCALE(stator_rescale_s16_s16__ref, int16_t, int16_t)
RESCALE(stator_rescale_s16_s8__ref, int16_t, int8_t)
RESCALE(stator_rescale_s8_s16__ref, int8_t, int16_t)
RESCALE(stator_rescale_s16_s32__ref, int16_t, int32_t)
RESCALE(stator_rescale_s8_s32__ref, int8_t, int32_t)
