/* Functions in fixed point, with the polynomials and constants that TFLite specifies. Qi.f is a 32-bit number with i integer and
 * f fractional bits, 31 together. The Python twin is tools/stator/ops/_fixed_point.py.
 *
 * All functions: callable from anywhere, do not block, no memory but the stack.
 */
#ifndef STATOR_KERNELS_COMMON_FIXED_POINT_H
#define STATOR_KERNELS_COMMON_FIXED_POINT_H

#include "common/requantize.h"

/* x * 2^bits, saturating. bits: 0..31. */
static inline int32_t stator_shift_left_saturating(int32_t x, int32_t bits) {
    const int64_t wide = (int64_t)x * ((int64_t)1 << bits);
    if (wide > INT32_MAX) {
        return INT32_MAX;
    }
    return wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

/* Zeros above the highest bit of x > 0, of 32. */
static inline int32_t stator_leading_zeros(int32_t x) {
    int32_t zeros = 0;
    while (!(((uint32_t)x << zeros) & UINT32_C(0x80000000))) {
        zeros++;
    }
    return zeros;
}

/* exp(a) for a <= 0 in Q5.26, as Q0.31. A Taylor polynomial around -1/8 covers the last quarter; what is left of a is a sum of
 * powers of two, and each contributes a constant factor. */
static inline int32_t stator_exp_of_negative(int32_t a) {
    static const int32_t factor[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    if (a == 0) {
        return INT32_MAX;
    }
    const int32_t in_quarter = (a & (quarter - 1)) - quarter;
    const int32_t x = in_quarter * 32 + (1 << 28);
    const int32_t x2 = stator_doubling_high_mul(x, x);
    const int32_t x3 = stator_doubling_high_mul(x2, x);
    const int32_t x4 = stator_doubling_high_mul(x2, x2);
    const int32_t x4_4_x3 = stator_rounding_shift_right(x4, 2) + x3;
    const int32_t tail = stator_rounding_shift_right(stator_doubling_high_mul(x4_4_x3, 715827883) + x2, 1); /* 1/3 */
    int32_t result = 1895147668 + stator_doubling_high_mul(x + tail, 1895147668);                           /* exp(-1/8) */
    const int32_t rest = in_quarter - a;
    for (int32_t i = 0; i < (int32_t)(sizeof factor / sizeof factor[0]); i++) {
        if (rest & (1 << (24 + i))) {
            result = stator_doubling_high_mul(result, factor[i]);
        }
    }
    return result;
}

/* 1 / (1 + x) for x in 0..1; both are Q0.31. Newton's method, three steps. */
static inline int32_t stator_one_over_one_plus(int32_t x) {
    const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
    int32_t y = 1515870810 + stator_doubling_high_mul(half, -1010580540); /* Q2.29: 48/17 - 32/17 half */
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 29) - stator_doubling_high_mul(half, y);
        y += stator_shift_left_saturating(stator_doubling_high_mul(y, error), 2);
    }
    return stator_shift_left_saturating(y, 1);
}

/* 1 / x for x > 0 with that many integer bits: Q0.31, still to be divided by 2^*over. */
static inline int32_t stator_reciprocal(int32_t x, int32_t integer_bits, int32_t *over) {
    const int32_t headroom = stator_leading_zeros(x);
    *over = integer_bits - headroom;
    return stator_one_over_one_plus((int32_t)(((uint32_t)x << headroom) - UINT32_C(0x80000000)));
}

/* 1 / sqrt(x) for whole x; 0 counts as 1: a multiplier, and the shift that belongs to it (not positive), see requantize.h. */
static inline int32_t stator_inverse_sqrt(int32_t x, int32_t *shift) {
    if (x <= 1) {
        *shift = 0;
        return INT32_MAX;
    }
    int32_t right = 11;
    while (x >= 1 << 29) {
        x /= 4;
        right++;
    }
    const int32_t pairs = (stator_leading_zeros(x) - 1) / 2 - 1;
    right -= pairs;
    const int32_t half = stator_rounding_shift_right(stator_shift_left(x, 2 * pairs) >> 1, 1); /* Q3.28, as y */
    int32_t y = 1 << 28;
    for (int32_t i = 0; i < 5; i++) {
        const int32_t square = stator_doubling_high_mul(y, y);
        const int32_t cube = stator_shift_left_saturating(stator_doubling_high_mul(square, y), 6);
        const int32_t step = stator_doubling_high_mul((1 << 28) + (1 << 27), y) - stator_doubling_high_mul(half, cube);
        y = stator_shift_left_saturating(step, 3);
    }
    y = stator_doubling_high_mul(y, 1518500250); /* the root of 1/2 */
    *shift = right > 0 ? -right : 0;
    return right < 0 ? stator_shift_left(y, -right) : y;
}

/* log(x) for x >= 1 in Q12.19, as Q5.26. */
static inline int32_t stator_log_of_at_least_one(int32_t x) {
    const int32_t log_2 = 1488522236, fourth_root = 1805811301, root = 1518500250; /* log 2, 2^-1/4, 2^-1/2 */
    const int32_t a_headroom = stator_leading_zeros(x);
    const int32_t a =
        stator_shift_left_saturating(stator_doubling_high_mul(stator_shift_left_saturating(x, a_headroom - 1), root), 1);
    const int32_t a_power = stator_shift_left_saturating(12 - a_headroom, 25) + (1 << 23);
    const int32_t b_headroom = stator_leading_zeros(stator_doubling_high_mul(x, root)) - 1;
    const int32_t b = stator_shift_left_saturating(x, b_headroom);
    const int32_t b_power = stator_shift_left_saturating(12 - b_headroom, 25) - (1 << 23);
    const int32_t r = a < b ? a : b;
    const int32_t power = a_power > b_power ? a_power : b_power;
    const int32_t p = (int32_t)(((int64_t)r + fourth_root + 1) / 2);
    const int32_t q = (r - fourth_root) * 2;
    const int32_t square = stator_doubling_high_mul(q, q);
    const int32_t numerator =
        stator_doubling_high_mul(q, r) + stator_doubling_high_mul(stator_doubling_high_mul(q, square), 117049297);
    const int32_t slope = 1057819769 + q + stator_doubling_high_mul(127690142, square);
    const int32_t denominator = stator_doubling_high_mul(p, slope) + stator_doubling_high_mul(638450708, q);
    const int32_t fraction =
        stator_doubling_high_mul(stator_rounding_shift_right(numerator, 6), stator_one_over_one_plus(denominator));
    return stator_shift_left_saturating(stator_doubling_high_mul(power, log_2) + fraction, 1);
}

#endif
