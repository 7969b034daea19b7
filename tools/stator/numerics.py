"""Fixed-point arithmetic of INT8 inference, as TensorFlow Lite Micro computes it (double rounding).

The C twin is `firmware/kernels/common/requantize.h`. All arrays are int64 here so that nothing overflows unseen; results are
in the range of the C types.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

INT32_MIN = -(2**31)
INT32_MAX = 2**31 - 1


def quantize_multipliers(real: Array) -> tuple[Array, Array]:
    """real = multiplier / 2^31 * 2^shift, multiplier in [2^30, 2^31); (0, 0) where real is below 2^-32. int64 arrays.

    The rounding is half away from zero. Raises ValueError where a number is negative, not finite, or 2^30 and above.
    """
    if not bool(np.all(np.isfinite(real) & (real >= 0))):
        raise ValueError(f"a ratio of {real[~(np.isfinite(real) & (real >= 0))].reshape(-1)[0]}")
    fraction, exponent = np.frexp(real)
    multiplier = np.floor(fraction * 2**31 + 0.5).astype(np.int64)
    full = multiplier == 2**31
    multiplier = np.where(full, 2**30, multiplier)
    shift = exponent.astype(np.int64) + full
    if bool(np.any(shift > 30)):
        raise ValueError(f"a ratio of {real.max()}")
    tiny = (shift < -31) | (multiplier == 0)
    return np.where(tiny, 0, multiplier), np.where(tiny, 0, shift)


def quantize_multiplier(real: float) -> tuple[int, int]:
    """`quantize_multipliers` of one number."""
    multiplier, shift = quantize_multipliers(np.array([real], dtype=np.float64))
    return int(multiplier[0]), int(shift[0])


def wrap32(x: Array) -> Array:
    """x modulo 2^32, as int32 keeps it."""
    wrapped: Array = (x + 2**31) % 2**32 - 2**31
    return wrapped


def doubling_high_mul(a: Array, b: Array | int) -> Array:
    """round(a * b / 2^31), half away from zero for positive and toward it for negative products; saturates at 2^31 - 1."""
    product = a * np.asarray(b, dtype=np.int64)
    nudged = product + np.where(product >= 0, 1 << 30, 1 - (1 << 30))
    truncated = np.where(nudged >= 0, nudged >> 31, -(-nudged >> 31))
    saturated: Array = np.minimum(truncated, INT32_MAX)
    return saturated


def rounding_shift_right(x: Array, exponent: Array | int) -> Array:
    """round(x / 2^exponent), half away from zero; exponent 0..31."""
    bits = np.asarray(exponent, dtype=np.int64)
    mask = (np.int64(1) << bits) - 1
    threshold = (mask >> 1) + (x < 0)
    rounded: Array = (x >> bits) + ((x & mask) > threshold)
    return rounded


def requantize(x: Array, multiplier: Array | int, shift: Array | int) -> Array:
    """x * multiplier / 2^31 * 2^shift with two roundings; shift > 0 is applied first and wraps as int32 does."""
    shifts = np.asarray(shift, dtype=np.int64)
    left = np.maximum(shifts, 0)
    shifted = wrap32(np.asarray(x, dtype=np.int64) << left)
    return rounding_shift_right(doubling_high_mul(shifted, multiplier), np.maximum(-shifts, 0))


def requantize_wide(x: Array, multiplier: Array | int, shift: Array | int) -> Array:
    """x * multiplier / 2^31 * 2^shift of sums of 64 bits, whose multiplier keeps 15 bits, with one rounding: ties up. |x| is below 2^47."""
    full, bits = np.asarray(multiplier, dtype=np.int64), 15 - np.asarray(shift, dtype=np.int64)
    reduced = np.where(full < 0x7FFF0000, (full + (1 << 15)) >> 16, 0x7FFF)
    rounded: Array = (np.asarray(x, dtype=np.int64) * reduced + (np.int64(1) << (bits - 1))) >> bits
    return rounded


def pack(rows: Array) -> Array:
    """INT4 values [..., count] as bytes [..., ceil(count / 2)]: the first of two in the low half; an odd last one has 0 beside it."""
    even = np.pad(rows, [(0, 0)] * (rows.ndim - 1) + [(0, rows.shape[-1] % 2)]).astype(np.uint8)
    packed: Array = ((even[..., 1::2] << 4) | (even[..., ::2] & 15)).view(np.int8)
    return packed


def unpack(packed: Array) -> npt.NDArray[np.int8]:
    """INT4 values as int8, two of each byte: the low half first."""
    bytes_ = packed.reshape(-1).view(np.uint8)
    halves = np.stack([bytes_ << 4, bytes_ & 0xF0], axis=1).reshape(-1).view(np.int8)
    return halves >> 4
