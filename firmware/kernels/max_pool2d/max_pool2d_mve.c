/* For Helium: sixteen channels at a time. */
#include "max_pool2d/max_pool2d.h"

#include <arm_mve.h>

#define LANES 16

int stator_max_pool2d_s8__mve(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    if (!stator_pool2d_valid(out, in, p)) {
        return -EINVAL;
    }
    const int32_t channels = p->over.in_c;
    const int32_t pixels = stator_pixels(&p->over);
    const int8x16_t low = vdupq_n_s8((int8_t)p->activation_min);
    const int8x16_t high = vdupq_n_s8((int8_t)p->activation_max);
    for (int32_t pixel = 0; pixel < pixels; pixel++, out += channels) {
        const struct stator_window w = stator_window_of(&p->over, pixel);
        const int32_t pitch = (p->over.in_w - w.columns.count) * channels;
        for (int32_t c = 0; c < channels; c += LANES) {
            const mve_pred16_t there = vctp8q((uint32_t)(channels - c));
            const int8_t *x = in + w.at + c;
            int8x16_t most = low;
            for (int32_t row = w.rows.count; row > 0; row--, x += pitch) {
                for (int32_t column = w.columns.count; column > 0; column--, x += channels) {
                    most = vmaxq_s8(most, vldrbq_z_s8(x, there));
                }
            }
            vstrbq_p_s8(out + c, vminq_s8(most, high), there);
        }
    }
    return 0;
}
