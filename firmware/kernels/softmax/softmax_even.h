/* Arithmetic of softmax that takes the same instructions for every input: what the reference decides by branches is chosen by
 * masks. */
#ifndef STATOR_KERNELS_SOFTMAX_EVEN_H
#define STATOR_KERNELS_SOFTMAX_EVEN_H

#include "common/fixed_point.h"

/* a where yes is 1, b where it is 0. */
static inline int32_t choose(int32_t yes, int32_t a, int32_t b) {
    return b ^ ((a ^ b) & -yes);
}

/* a * b / 2^31 as stator_doubling_high_mul, where not both are -2^31. */
static inline int32_t times(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* x * 2^bits, saturating, of a product that fits 33 bits. */
static inline int32_t shifted(int32_t x, int32_t bits) {
    const int32_t narrow = stator_shift_left(x, bits);
    return choose(narrow >> bits == x, narrow, INT32_MAX ^ (x >> 31));
}

/* As stator_reciprocal, with 12 integer bits. */
static inline int32_t reciprocal(int32_t x, int32_t *over) {
    uint32_t rest = (uint32_t)x;
    int32_t headroom = 0;
    for (int32_t bits = 16; bits > 0; bits /= 2) {
        const int32_t by = (rest >> (32 - bits) == 0) * bits;
        rest <<= by;
        headroom += by;
    }
    *over = 12 - headroom;
    const int32_t half = (int32_t)(((int64_t)(int32_t)(rest - UINT32_C(0x80000000)) + INT32_MAX + 1) / 2);
    int32_t y = 1515870810 + times(half, -1010580540);
    for (int32_t i = 0; i < 3; i++) {
        y += shifted(times(y, (1 << 29) - times(half, y)), 2);
    }
    return shifted(y, 1);
}

#endif
