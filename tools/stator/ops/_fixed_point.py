"""Fixed-point functions of INT8 operators, with the polynomials and constants that TFLite specifies.

The formats are Qi.f with i integer and f fractional bits, 31 together. Arrays are int64. The C twin of what kernels need is
firmware/kernels/common/fixed_point.h.
"""

from __future__ import annotations

import numpy as np

from stator.numerics import INT32_MAX, doubling_high_mul, rounding_shift_right
from stator.ops import Array

#: exp(-2^power) in Q0.31.
_EXP_STEPS = ((-2, 1672461947), (-1, 1302514674), (0, 790015084), (1, 290630308), (2, 39332535), (3, 720401), (4, 242))


def shift_left(x: Array, bits: int) -> Array:
    """x * 2^bits, saturating as int32."""
    shifted: Array = np.clip(x << bits, -(2**31), INT32_MAX)
    return shifted


def leading_zeros(x: Array) -> Array:
    """Of x > 0, as 32 bits."""
    zeros: Array = 31 - np.floor(np.log2(x.astype(np.float64))).astype(np.int64)
    return zeros


def exp_of_negative(a: Array, integer_bits: int) -> Array:
    """exp(a) for a <= 0 with 4 or 5 integer bits (Q4.27, Q5.26); the result is Q0.31 (exp(0) is the largest int32)."""
    fraction = 31 - integer_bits
    quarter = 1 << (fraction - 2)
    in_quarter = (a & (quarter - 1)) - quarter
    x = (in_quarter << integer_bits) + (1 << 28)  # Q0.31, around -1/8
    x2 = doubling_high_mul(x, x)
    x3 = doubling_high_mul(x2, x)
    x4 = doubling_high_mul(x2, x2)
    tail = rounding_shift_right(doubling_high_mul(rounding_shift_right(x4, 2) + x3, 715827883) + x2, 1)
    result = 1895147668 + doubling_high_mul(x + tail, 1895147668)
    rest = in_quarter - a
    for power, factor in _EXP_STEPS:
        if power < integer_bits:
            result = np.where(rest & (1 << (fraction + power)), doubling_high_mul(result, factor), result)
    return np.where(a == 0, INT32_MAX, result)


def _newton(x: Array) -> Array:
    """2 / (1 + x) for x in 0..1 (Q0.31), as Q2.29: Newton's method, three steps."""
    half = (x + INT32_MAX + 1) >> 1
    y = 1515870810 + doubling_high_mul(half, -1010580540)  # 48/17 - 32/17 half
    for _ in range(3):
        error = (1 << 29) - doubling_high_mul(half, y)
        y = y + shift_left(doubling_high_mul(y, error), 2)
    return y


def one_over_one_plus(x: Array) -> Array:
    """1 / (1 + x) for x in 0..1; both are Q0.31."""
    return shift_left(_newton(x), 1)


def one_minus_over_one_plus(x: Array) -> Array:
    """(1 - x) / (1 + x) for x in 0..1; both are Q0.31."""
    return shift_left(_newton(x) - (1 << 29), 2)


def reciprocal(x: Array, integer_bits: int) -> tuple[Array, Array]:
    """1 / x for x > 0, as Q0.31 and the power of two that it must still be divided by."""
    headroom = leading_zeros(x)
    return one_over_one_plus((x << headroom) - (1 << 31)), integer_bits - headroom


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x)): Q4.27 to Q0.31."""
    of_positive = one_over_one_plus(exp_of_negative(-np.abs(x), 4))
    return np.where(x == 0, 1 << 30, np.where(x > 0, of_positive, INT32_MAX - of_positive))


def tanh(x: Array) -> Array:
    """Q4.27 to Q0.31."""
    of_positive = one_minus_over_one_plus(exp_of_negative(-np.abs(x), 5))  # exp(-2 |x|): the same bits, one more of them whole
    return np.where(x == 0, 0, np.where(x > 0, of_positive, -of_positive))


def inverse_sqrt(x: Array) -> tuple[Array, Array]:
    """1 / sqrt(x) for whole x; 0 counts as 1: multiplier and shift, see `stator.numerics.requantize`."""
    safe = np.maximum(x, 2)
    large = safe >= 1 << 29  # of 31 bits, so two fewer are enough
    safe = np.where(large, safe // 4, safe)
    pairs = (leading_zeros(safe) - 1) // 2 - 1
    y_input = (safe << (2 * pairs)) >> 1  # Q3.28
    half = rounding_shift_right(y_input, 1)
    y = np.full_like(x, 1 << 28)
    for _ in range(5):
        cube = shift_left(doubling_high_mul(doubling_high_mul(y, y), y), 6)
        y = shift_left(doubling_high_mul(y, (1 << 28) + (1 << 27)) - doubling_high_mul(half, cube), 3)
    y = doubling_high_mul(y, 1518500250)
    right = 11 + large - pairs
    y = y << np.maximum(-right, 0)
    return np.where(x <= 1, INT32_MAX, y), np.where(x <= 1, 0, -np.maximum(right, 0))


def log_of_at_least_one(x: Array) -> Array:
    """log(x) for x >= 1 in Q12.19, as Q5.26."""
    log_2, fourth_root, root = 1488522236, 1805811301, 1518500250  # log 2, 2^-1/4 and 2^-1/2
    a_headroom = leading_zeros(x)
    a = shift_left(doubling_high_mul(_shift_each(x, a_headroom - 1), root), 1)
    a_power = shift_left(12 - a_headroom, 25) + (1 << 23)
    b_headroom = leading_zeros(doubling_high_mul(x, root)) - 1
    b = _shift_each(x, b_headroom)
    b_power = shift_left(12 - b_headroom, 25) - (1 << 23)
    r, power = np.minimum(a, b), np.maximum(a_power, b_power)
    total = r + fourth_root
    p = np.where(total >= 0, (total + 1) >> 1, -((1 - total) >> 1))
    q = (r - fourth_root) * 2
    square = doubling_high_mul(q, q)
    numerator = doubling_high_mul(q, r) + doubling_high_mul(doubling_high_mul(q, square), 117049297)
    slope = 1057819769 + q + doubling_high_mul(square, 127690142)
    denominator = doubling_high_mul(p, slope) + doubling_high_mul(q, 638450708)
    fraction = doubling_high_mul(rounding_shift_right(numerator, 6), one_over_one_plus(denominator))
    return shift_left(doubling_high_mul(power, log_2) + fraction, 1)


def _shift_each(x: Array, bits: Array) -> Array:
    shifted: Array = np.clip(x << bits, -(2**31), INT32_MAX)
    return shifted
