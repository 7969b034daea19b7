"""ADD and SUB of INT8 and INT16: both operands are taken to a common scale with some bits of headroom, summed, and rescaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import DType
from stator.numerics import requantize
from stator.ops import Array, Operands, Value
from stator.ops._arithmetic import Arithmetic
from stator.ops._pairs import scaled_below_one

#: Bits of headroom.
LEFT_SHIFT = {DType.INT8: 20, DType.INT16: 15}


@dataclass(frozen=True, slots=True)
class Sum(Arithmetic):
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32])
    sign: ClassVar[int]

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """(multiplier, shift) of both inputs, to the common scale, and of that to the output; every shift is 0 or negative."""
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        common, what = 2 * max(a, b), f"scales {a}, {b} -> {y}"
        ratios = (a / common, b / common, common / ((1 << LEFT_SHIFT[on.output.type.dtype]) * y))
        first, second, out = (scaled_below_one(ratio, what) for ratio in ratios)
        return first, second, out

    def quantized(self, on: Operands, a: Array, b: Array) -> Array:
        first, second, out = self._scaling(on)
        left = LEFT_SHIFT[on.output.type.dtype]
        scaled_a = requantize((a - on.quant(on.input(0)).zero_point) << left, *first)
        scaled_b = requantize((b - on.quant(on.input(1)).zero_point) << left, *second)
        total = scaled_a + self.sign * scaled_b
        return requantize(total, *out) + on.quant(on.output).zero_point

    def quantized_fields(self, on: Operands) -> tuple[str, tuple[tuple[str, Value], ...]]:
        first, second, out = self._scaling(on)
        if on.output.type.dtype is DType.INT16:
            return "add", (
                ("a_multiplier", first[0]),
                ("a_shift", first[1]),
                ("b_multiplier", self.sign * second[0]),
                ("b_shift", second[1]),
                ("multiplier", out[0]),
                ("shift", out[1]),
            )
        return "add", (
            ("a_zero_point", on.quant(on.input(0)).zero_point),
            ("a_multiplier", first[0]),
            ("a_shift", first[1]),
            ("b_zero_point", on.quant(on.input(1)).zero_point),
            ("b_multiplier", self.sign * second[0]),
            ("b_shift", second[1]),
            ("output_zero_point", on.quant(on.output).zero_point),
            ("output_multiplier", out[0]),
            ("output_shift", out[1]),
        )
