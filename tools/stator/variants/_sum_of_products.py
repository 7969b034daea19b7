"""Sum of two tensors of one shape as one sum of products, where that gives the same byte for every pair of bytes."""

from __future__ import annotations

import itertools

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, KernelCall
from stator.variants import NotTaken, integer, integers

DROPPED = 22  # bits of the sum of products
_LEFT = 20  # STATOR_ADD_LEFT_SHIFT
_BYTES = np.arange(-128, 128, dtype=np.int64)
_NEAR = sorted(itertools.product(range(-6, 7), repeat=2), key=lambda pair: abs(pair[0]) + abs(pair[1]))


def products(call: KernelCall, headroom: int = 0) -> tuple[int, int, int, int]:
    """Multipliers of a and b, and an offset, with which (a * first + b * second + offset) >> DROPPED, saturated, is the output of a sum of
    INT8; and the number of elements. Nothing on the way, and not with `headroom` added, leaves int32.

    Raises NotTaken where the operands are broadcast, or where there are no such multipliers near the scales.
    """
    given = dict(call.params)
    size = given["over.size"]
    assert isinstance(size, tuple)
    if integers(call, "over.rank") != (1,) or given["over.a_stride"] != (1,) or given["over.b_stride"] != (1,):
        raise NotTaken("the operands are broadcast")
    wanted = _wanted(call)
    first, second = (_scale(call, x) for x in "ab")
    for near in _NEAR:
        a, b = round(first) + near[0], round(second) + near[1]
        found = _BYTES[:, None] * a + _BYTES[None, :] * b
        low = np.where(wanted > -128, (wanted << DROPPED) - found, -(1 << 40)).max()
        high = np.where(wanted < 127, ((wanted + 1) << DROPPED) - 1 - found, 1 << 40).min()
        offset = int(low + high) >> 1
        reach = np.abs(found).max() + abs(offset)
        if low <= high and reach + headroom < 1 << 31 and (np.clip((found + offset) >> DROPPED, -128, 127) == wanted).all():
            return a, b, offset, size[0]
    raise NotTaken("one sum of products is not proved")


def _scale(call: KernelCall, operand: str) -> float:
    """What one step of an operand adds to the sum of products."""
    multiplier, shift = integers(call, f"{operand}_multiplier", f"{operand}_shift")
    output_multiplier, output_shift = integers(call, "output_multiplier", "output_shift")
    return float(multiplier * output_multiplier * 2.0 ** (_LEFT + DROPPED - 62 + shift + output_shift))


def _wanted(call: KernelCall) -> Array:
    """The output for every byte of a (rows) and of b (columns)."""

    def scaled(operand: str) -> Array:
        zero_point, multiplier, shift = integers(call, *(f"{operand}_{name}" for name in ("zero_point", "multiplier", "shift")))
        found: Array = requantize((_BYTES - zero_point) << _LEFT, abs(multiplier), shift)
        return found

    multiplier, shift, zero_point = integers(call, "output_multiplier", "output_shift", "output_zero_point")
    low, high = integers(call, "activation_min", "activation_max")
    sign = -1 if integer(call, "b_multiplier") < 0 else 1
    total = scaled("a")[:, None] + sign * scaled("b")[None, :]
    found: Array = np.clip(requantize(total, multiplier, shift) + zero_point, low, high)
    return found
