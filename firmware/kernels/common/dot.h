/* Dot products for scalar cores: the inner loops of the portable C variants.
 *
 * Inline, and the state is a struct that never leaves the caller: compilers keep all of it in registers.
 */
#ifndef STATOR_KERNELS_COMMON_DOT_H
#define STATOR_KERNELS_COMMON_DOT_H

#include <stdint.h>

/* One input run against four rows of weights that lie `pitch` bytes apart: rows 0 and 2 have a pointer, rows 1 and 3 lie at
 * `pitch` from them, which saves two registers where loads take a register offset and costs nothing where they do not. */
struct stator_dot4 {
    const int8_t *x;
    const int8_t *w0, *w2;
    int32_t pitch;
    int32_t a0, a1, a2, a3;
};

/* Starts with the sums bias[0..3], or zeros where bias is null. */
static inline struct stator_dot4 stator_dot4_begin(const int8_t *x, const int8_t *weights, int32_t pitch, const int32_t *bias) {
    struct stator_dot4 d = {x, weights, weights + 2 * pitch, pitch, 0, 0, 0, 0};
    if (bias) {
        d.a0 = bias[0];
        d.a1 = bias[1];
        d.a2 = bias[2];
        d.a3 = bias[3];
    }
    return d;
}

/* a_i += (*x - zero_point) * (next weight of row i). */
static inline void stator_dot4_step(struct stator_dot4 *d, int32_t zero_point) {
    const int32_t x = *d->x++ - zero_point;
    d->a1 += x * d->w0[d->pitch];
    d->a0 += x * *d->w0++;
    d->a3 += x * d->w2[d->pitch];
    d->a2 += x * *d->w2++;
}

/* a_i += sum over k < count of (x[k] - zero_point) * w_i[k]; every pointer moves on by `count`. */
static inline void stator_dot4_run(struct stator_dot4 *d, int32_t count, int32_t zero_point) {
    if (count & 1) {
        stator_dot4_step(d, zero_point);
    }
    for (const int8_t *const end = d->x + (count & ~1); d->x != end;) {
        stator_dot4_step(d, zero_point);
        stator_dot4_step(d, zero_point);
    }
}

/* Moves all rows of weights on. */
static inline void stator_dot4_skip(struct stator_dot4 *d, int32_t weights) {
    d->w0 += weights;
    d->w2 += weights;
}

/* acc + sum over k < count of (x[k] - zero_point) * weights[k]. */
static inline int32_t stator_dot1(int32_t acc, const int8_t *x, const int8_t *weights, int32_t count, int32_t zero_point) {
    for (int32_t k = 0; k < count; k++) {
        acc += (x[k] - zero_point) * weights[k];
    }
    return acc;
}

#endif
