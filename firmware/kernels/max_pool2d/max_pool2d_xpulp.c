/* For CV32E40P with Xpulp: four channels at a time; max_pool2d_xpulp.S compares them. */
#include "max_pool2d/max_pool2d_xpulp.h"
#include "common/pool_fours.inc"
#include "common/requantize.h"
#include "max_pool2d/max_pool2d.h"

static uint32_t four_times(int32_t x) {
    return ((uint32_t)x & 0xffu) * 0x01010101u;
}

static void four(int8_t *out, const struct stator_pool2d *p, const struct window *w, int32_t c) {
    stator_max_pool2d_xpulp_four(out + c, w->in + c, w->step, w->columns, w->rows, w->pitch, four_times(p->activation_min),
                                 four_times(p->activation_max));
}

static void one(int8_t *out, const struct stator_pool2d *p, const struct window *w, int32_t c) {
    const int8_t *x = w->in + c;
    int32_t most = INT8_MIN;
    for (int32_t row = w->rows; row > 0; row--, x += w->pitch) {
        for (int32_t column = w->columns; column > 0; column--, x += w->step) {
            most = *x > most ? *x : most;
        }
    }
    out[c] = (int8_t)stator_clamp(most, p->activation_min, p->activation_max);
}

int stator_max_pool2d_s8__xpulp(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    return in_fours(out, in, p);
}
