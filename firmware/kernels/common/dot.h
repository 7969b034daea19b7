/* Dot products for scalar cores: the inner loops of the portable C variants. Inline, so that each kernel has its own copy and
 * the compiler keeps sums and pointers in registers.
 */
#ifndef STATOR_KERNELS_COMMON_DOT_H
#define STATOR_KERNELS_COMMON_DOT_H

#include <stdint.h>

/* acc[i] += sum over k < count of (x[k] - zero_point) * weights[i * pitch + k], i = 0..3. */
static inline void stator_dot4(int32_t acc[4], const int8_t *x, const int8_t *weights, int32_t pitch, int32_t count,
                               int32_t zero_point) {
    const int8_t *w0 = weights;
    const int8_t *w1 = w0 + pitch;
    const int8_t *w2 = w1 + pitch;
    const int8_t *w3 = w2 + pitch;
    int32_t a0 = acc[0];
    int32_t a1 = acc[1];
    int32_t a2 = acc[2];
    int32_t a3 = acc[3];
    const int8_t *const end = x + count;
    for (const int8_t *const paired = x + (count & ~1); x != paired; x += 2, w0 += 2, w1 += 2, w2 += 2, w3 += 2) {
        const int32_t x0 = x[0] - zero_point;
        const int32_t x1 = x[1] - zero_point;
        a0 += x0 * w0[0] + x1 * w0[1];
        a1 += x0 * w1[0] + x1 * w1[1];
        a2 += x0 * w2[0] + x1 * w2[1];
        a3 += x0 * w3[0] + x1 * w3[1];
    }
    if (x != end) {
        const int32_t x0 = *x - zero_point;
        a0 += x0 * *w0;
        a1 += x0 * *w1;
        a2 += x0 * *w2;
        a3 += x0 * *w3;
    }
    acc[0] = a0;
    acc[1] = a1;
    acc[2] = a2;
    acc[3] = a3;
}

/* acc + sum over k < count of (x[k] - zero_point) * weights[k]. */
static inline int32_t stator_dot1(int32_t acc, const int8_t *x, const int8_t *weights, int32_t count, int32_t zero_point) {
    for (int32_t k = 0; k < count; k++) {
        acc += (x[k] - zero_point) * weights[k];
    }
    return acc;
}

#endif
