/* Portable C for scalar cores: four units share each load of the input. */
#include "common/dot.h"
#include "common/requantize.h"
#include "fully_connected/fully_connected.h"

static int8_t finish(const struct stator_fully_connected *p, int32_t unit, int32_t acc) {
    const int32_t channel = p->per_channel ? unit : 0;
    const int32_t y = stator_requantize(acc, p->multiplier[channel], p->shift[channel]) + p->output_zero_point;
    return (int8_t)stator_clamp(y, p->activation_min, p->activation_max);
}

int stator_fully_connected_s8__c(int8_t *out, const int8_t *in, const struct stator_fully_connected *p) {
    if (!stator_fully_connected_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t depth = p->depth;
    const int32_t units = p->units;
    for (int32_t row = 0; row < p->rows; row++, in += depth, out += units) {
        const int8_t *weights = p->weights;
        int32_t unit = 0;
        for (; unit + 4 <= units; unit += 4, weights += 4 * depth) {
            int32_t acc[4] = {0, 0, 0, 0};
            if (p->bias) {
                for (int32_t i = 0; i < 4; i++) {
                    acc[i] = p->bias[unit + i];
                }
            }
            stator_dot4(acc, in, weights, depth, depth, p->input_zero_point);
            for (int32_t i = 0; i < 4; i++) {
                out[unit + i] = finish(p, unit + i, acc[i]);
            }
        }
        for (; unit < units; unit++, weights += depth) {
            const int32_t bias = p->bias ? p->bias[unit] : 0;
            out[unit] = finish(p, unit, stator_dot1(bias, in, weights, depth, p->input_zero_point));
        }
    }
    return 0;
}
