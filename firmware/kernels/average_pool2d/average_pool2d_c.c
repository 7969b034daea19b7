/* Portable C: four channels at a time. */
#include "average_pool2d/average_pool2d_fours.inc"

/* A function of its own, so that its loop has all registers. */
static __attribute__((noinline)) void sums(int32_t *sum, const struct window *w, int32_t c) {
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
    sum[0] = a0;
    sum[1] = a1;
    sum[2] = a2;
    sum[3] = a3;
}

int stator_average_pool2d_s8__c(int8_t *out, const int8_t *in, const struct stator_pool2d *p) {
    return in_fours(out, in, p);
}
