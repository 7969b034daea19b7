/* Fixed-point arithmetic that INT8 kernels share: from a 32-bit accumulator to the output's scale, with two roundings, as
 * TensorFlow Lite Micro's reference kernels do it. The Python twin is tools/stator/numerics.py.
 *
 * All functions: callable from anywhere, do not block, no memory but the stack.
 */
#ifndef STATOR_KERNELS_COMMON_REQUANTIZE_H
#define STATOR_KERNELS_COMMON_REQUANTIZE_H

#include <stdint.h>

/* a * b / 2^31, rounded to nearest, ties up. The exception is a = b = -2^31, which saturates to 2^31 - 1.
 * Adding 2^30 and shifting down is the same as the original's sign-dependent nudge and truncating division: both round
 * ties of the product toward +infinity. */
static inline int32_t stator_doubling_high_mul(int32_t a, int32_t b) {
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* x / 2^exponent, rounded to nearest, ties away from zero. exponent: 0..31. */
static inline int32_t stator_rounding_shift_right(int32_t x, int32_t exponent) {
    const int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1);
    const int32_t threshold = (mask >> 1) + (x < 0);
    return (x >> exponent) + ((x & mask) > threshold);
}

/* x * 2^left, modulo 2^32. left: 0..30. */
static inline int32_t stator_shift_left(int32_t x, int32_t left) {
    return (int32_t)((uint32_t)x << left);
}

/* x * multiplier / 2^31 * 2^shift. multiplier: 0..2^31-1. shift: -31..30. */
static inline int32_t stator_requantize(int32_t x, int32_t multiplier, int32_t shift) {
    if (shift > 0) {
        return stator_doubling_high_mul(stator_shift_left(x, shift), multiplier);
    }
    return stator_rounding_shift_right(stator_doubling_high_mul(x, multiplier), -shift);
}

/* The same in fewer instructions. A multiplier that is not negative needs no saturation, and the product's magnitude is below
 * 2^31 - 1. One less for negative products turns "ties up" into "ties away from zero"; keeping one bit more than is wanted and
 * then rounding that bit cannot overflow as adding half of the divisor could. */
static inline int32_t stator_requantize_fast(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t product = (int32_t)(((int64_t)stator_shift_left(x, left) * multiplier + ((int64_t)1 << 30)) >> 31);
    if (shift >= 0) {
        return product;
    }
    return (((product + (product >> 31)) >> (-shift - 1)) + 1) >> 1;
}

/* x * multiplier / 2^31 * 2^shift for sums of 64 bits: the multiplier keeps 15 bits, and there is one rounding, ties up. |x| is
 * below 2^47, multiplier 0..2^31-1, shift -31..7, and the result fits. */
static inline int32_t stator_requantize_wide(int64_t x, int32_t multiplier, int32_t shift) {
    const int32_t reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
    return (int32_t)((x * reduced + ((int64_t)1 << (14 - shift))) >> (15 - shift));
}

static inline int32_t stator_clamp(int32_t x, int32_t low, int32_t high) {
    if (x < low) {
        return low;
    }
    return x > high ? high : x;
}

/* Four outputs at once: out[i] = clamp(requantize(acc[i]) + zero_point). By value, so that the stores to out make nothing
 * be loaded again. */
static inline void stator_finish4(int8_t *out, const int32_t *acc, const int32_t *multiplier, const int8_t *shift,
                                  int32_t zero_point, int32_t low, int32_t high) {
    for (int32_t i = 0; i < 4; i++) {
        out[i] = (int8_t)stator_clamp(stator_requantize_fast(acc[i], multiplier[i], shift[i]) + zero_point, low, high);
    }
}

#endif
