/* For CV32E40P with Xpulp: four channels at a time; average_pool2d_xpulp.S adds them up. */
#include "average_pool2d/average_pool2d_xpulp.h"
#include "average_pool2d/average_pool2d_fours.inc"

static void sums(int32_t *sum, const struct window *w, int32_t c) {
    stator_average_pool2d_xpulp_sums(sum, w->in + c, w->step, w->columns, w->rows, w->pitch);
}

int stator_average_pool2d_s8__xpulp(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    return in_fours(out, in, p);
}
