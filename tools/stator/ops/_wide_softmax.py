"""SOFTMAX of INT16: exponentials and the reciprocal of their sum from tables of 513 entries, with straight lines between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from stator.libm import libm
from stator.numerics import requantize
from stator.ops import Array
from stator.ops._fixed_point import leading_zeros
from stator.ops._pointwise import rounded

_STEPS = 512
_RANGE = 65535  # from the least INT16 value to the greatest


def _table(function: Callable[[Array], Array], scale: float, zero_point: int) -> Array:
    """int16 [513] of a function of float32, in steps of 128 INT16 values under this scale and zero point; the output is Q0.15. Each entry
    gives up half of what a straight line to the next one errs in the middle."""
    one, half = np.float32(1), np.float32(2)
    step_scale, output_scale = np.float32(scale), np.float32(2) / np.float32(_RANGE)
    least, most = step_scale * np.float32(-32768 - zero_point), step_scale * np.float32(32767 - zero_point)
    step = (most - least) / np.float32(_STEPS)
    inverse = np.float32(65536) / (output_scale * np.float32(32767) - output_scale * np.float32(-32768))
    i = np.arange(_STEPS, dtype=np.float32)
    value = function(least + i * step)
    middle = function(least + i * step + step / half)
    following = function(least + (i + one) * step)
    sample = rounded(value * inverse)
    error = rounded((following * inverse + sample) / half) - rounded(middle * inverse)
    last = rounded(function(np.array([most], dtype=np.float32)) * inverse)
    table: Array = np.concatenate([sample - rounded(error / half), last]).clip(-32768, 32767).astype(np.int16)
    return table


@cache
def wide_tables() -> tuple[Array, Array]:
    """exp over -10..0 and 1 / (1 + x) over 0..1."""
    exp = _table(lambda x: libm("expf", x), float(np.float32(10) / np.float32(_RANGE)), 32767)
    reciprocal = _table(lambda x: np.float32(1) / (np.float32(1) + x), float(np.float32(1) / np.float32(_RANGE)), -32768)
    return exp, reciprocal


def _interpolated(table: Array, at: Array) -> Array:
    """A table at -32768..32767."""
    wide = table.astype(np.int64)
    entry = 256 + (at >> 7)
    slope = (wide[entry + 1] - wide[entry]).astype(np.int16).astype(np.int64)
    value: Array = (wide[entry] + ((slope * (at & 0x7F) + 64) >> 7)).astype(np.int16).astype(np.int64)
    return value


def wide_softmax(distance: Array, multiplier: int, shift: int) -> Array:
    """Of rows of distances to their maximum, int64 [rows, depth]: Q0.15, int64."""
    exp, reciprocal = wide_tables()
    e = _interpolated(exp, (requantize(distance, multiplier, shift) + 32767).clip(-32768, 32767))
    total = e.sum(axis=1, keepdims=True)
    headroom = leading_zeros(total)
    between_1_and_2 = ((total << (headroom - 1)) + (1 << 13)) >> 14
    scale = _interpolated(reciprocal, (between_1_and_2 - (1 << 15) - (1 << 16)).clip(-32768, 32767))
    right = 31 - headroom
    share: Array = ((e * scale + (np.int64(1) << (right - 1))) >> right).clip(0, 32767)
    return share
