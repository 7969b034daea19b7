/* The oracle: readable, never optimised. Qi.f is a 32-bit number with i integer and f fractional bits. */
#include "common/requantize.h"
#include "softmax/softmax.h"

/* x * 2^bits, saturating. */
static int32_t shift_left_saturating(int32_t x, int32_t bits) {
    const int64_t wide = (int64_t)x * ((int64_t)1 << bits);
    if (wide > INT32_MAX) {
        return INT32_MAX;
    }
    return wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

/* exp(a) for a <= 0 in Q5.26, as Q0.31. A Taylor polynomial around -1/8 covers the last quarter; what is left of a is a sum of
 * powers of two, and each contributes a constant factor. */
static int32_t exp_of_negative(int32_t a) {
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

/* 1 / x for x > 0 in Q12.19: Q0.31, still to be divided by 2^*over. Newton's method on x scaled into 1/2..1. */
static int32_t reciprocal(int32_t x, int32_t *over) {
    int32_t headroom = 0;
    while (!(((uint32_t)x << headroom) & UINT32_C(0x80000000))) {
        headroom++;
    }
    *over = 12 - headroom;
    const int32_t above_one = (int32_t)(((uint32_t)x << headroom) - UINT32_C(0x80000000));
    const int32_t half = (int32_t)(((int64_t)above_one + INT32_MAX + 1) / 2);
    int32_t y = 1515870810 + stator_doubling_high_mul(half, -1010580540); /* Q2.29: 48/17 - 32/17 x */
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 29) - stator_doubling_high_mul(half, y);
        y += shift_left_saturating(stator_doubling_high_mul(y, error), 2);
    }
    return shift_left_saturating(y, 1);
}

/* exp of a distance to the row's maximum. */
static int32_t exp_of_distance(int32_t distance, const struct stator_softmax *p) {
    return exp_of_negative(stator_doubling_high_mul(stator_shift_left(distance, p->left_shift), p->multiplier));
}

int stator_softmax_s8__ref(int8_t *out, const int8_t *in, const struct stator_softmax *p) {
    if (!stator_softmax_valid(out, in, p)) {
        return -EINVAL;
    }
    for (int32_t row = 0; row < p->rows; row++, in += p->depth, out += p->depth) {
        int32_t most = INT8_MIN;
        for (int32_t i = 0; i < p->depth; i++) {
            most = in[i] > most ? in[i] : most;
        }
        int32_t sum = 0; /* Q12.19 */
        for (int32_t i = 0; i < p->depth; i++) {
            if (in[i] - most >= p->furthest) {
                sum += stator_rounding_shift_right(exp_of_distance(in[i] - most, p), 12);
            }
        }
        int32_t over;
        const int32_t scale = reciprocal(sum, &over);
        for (int32_t i = 0; i < p->depth; i++) {
            int32_t q = INT8_MIN;
            if (in[i] - most >= p->furthest) {
                const int32_t share = stator_doubling_high_mul(scale, exp_of_distance(in[i] - most, p));
                q = stator_rounding_shift_right(share, over + 31 - 8) + INT8_MIN;
            }
            out[i] = (int8_t)stator_clamp(q, INT8_MIN, INT8_MAX);
        }
    }
    return 0;
}
