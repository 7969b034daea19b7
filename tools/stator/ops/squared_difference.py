"""SQUARED_DIFFERENCE of two tensors that broadcast; INT8 is taken to a common scale with 7 bits of headroom first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType
from stator.numerics import requantize, wrap32
from stator.ops import Array, Operands, Options, Value, operator
from stator.ops._pairs import Pairs, scaled, scaled_below_one
from stator.ops._types import one_type

LEFT_SHIFT = 7


@operator("SQUARED_DIFFERENCE", options="SquaredDifferenceOptions")
@dataclass(frozen=True, slots=True)
class SquaredDifference(Pairs):
    @classmethod
    def from_tflite(cls, options: Options) -> SquaredDifference:
        return cls()

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        what = f"scales {a}, {b} -> {y}"
        common = 2 * max(a, b)
        with np.errstate(all="ignore"):
            out = common * common / float(np.float32(1 << (2 * LEFT_SHIFT)) * np.float32(y))
        return scaled_below_one(a / common, what), scaled_below_one(b / common, what), scaled(out, what)

    def check(self, on: Operands) -> None:
        if one_type(on, (on.input(0), on.input(1), on.output), (DType.INT8, DType.FLOAT32)) is DType.INT8:
            self._scaling(on)

    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        if on.output.type.dtype is DType.FLOAT32:
            with np.errstate(all="ignore"):
                real: Array = (a - b) * (a - b)
                return real
        first, second, out = self._scaling(on)
        x = requantize((a.astype(np.int64) - on.quant(on.input(0)).zero_point) << LEFT_SHIFT, *first)
        y = requantize((b.astype(np.int64) - on.quant(on.input(1)).zero_point) << LEFT_SHIFT, *second)
        squared = wrap32((x - y) * (x - y))
        clipped: Array = np.clip(requantize(squared, *out) + on.quant(on.output).zero_point, -128, 127)
        return clipped

    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        if on.output.type.dtype is DType.FLOAT32:
            return "squared_difference_f32", "pairwise", "stator_pairwise", ()
        first, second, out = self._scaling(on)
        fields = (
            ("a_zero_point", on.quant(on.input(0)).zero_point),
            ("a_multiplier", first[0]),
            ("a_shift", first[1]),
            ("b_zero_point", on.quant(on.input(1)).zero_point),
            ("b_multiplier", second[0]),
            ("b_shift", second[1]),
            ("output_zero_point", on.quant(on.output).zero_point),
            ("output_multiplier", out[0]),
            ("output_shift", out[1]),
        )
        return "squared_difference_s8", "squared_difference", "stator_squared_difference", fields
