"""Sums of INT8 values of one scale, with 20 bits of headroom: what CUMSUM and ADD_N share."""

from __future__ import annotations

import numpy as np

from stator.numerics import requantize, wrap32
from stator.ops import Array, Operands, Value
from stator.ops._pairs import scaled_below_one

LEFT_SHIFT = 20


def scaling(on: Operands) -> tuple[tuple[int, int], tuple[int, int]]:
    """(multiplier, shift) of the inputs and of the output; every shift is 0 or negative."""
    x, y = on.quant(on.input(0)).scale, on.quant(on.output).scale
    what = f"scales {x} -> {y}"
    with np.errstate(all="ignore"):
        return scaled_below_one(x / (2 * x), what), scaled_below_one(2 * x / ((1 << LEFT_SHIFT) * y), what)


def widened(on: Operands, q: Array) -> Array:
    """Each value on the sum's scale."""
    return requantize((q.astype(np.int64) - on.quant(on.input(0)).zero_point) << LEFT_SHIFT, *scaling(on)[0])


def narrowed(on: Operands, total: Array) -> Array:
    """Sums as INT8. They start at the wide form of a zero instead of at 0: so the interpreter does it."""
    first = widened(on, np.zeros((), dtype=np.int64))
    y = requantize(wrap32(total + first), *scaling(on)[1]) + on.quant(on.output).zero_point
    clipped: Array = np.clip(y, -128, 127).astype(np.int8)
    return clipped


def fields(on: Operands) -> tuple[tuple[str, Value], ...]:
    first, out = scaling(on)
    return (
        ("input_zero_point", on.quant(on.input(0)).zero_point),
        ("input_multiplier", first[0]),
        ("input_shift", first[1]),
        ("output_zero_point", on.quant(on.output).zero_point),
        ("output_multiplier", out[0]),
        ("output_shift", out[1]),
    )
