"""DIV of two tensors that broadcast. A quotient of INT8 by 0 is the end of the range that has the dividend's sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.numerics import doubling_high_mul, rounding_shift_right, wrap32
from stator.ops import Array, Operands, Refusal, Value, operator
from stator.ops._activation import activation_range
from stator.ops._arithmetic import Arithmetic
from stator.ops._fixed_point import leading_zeros, reciprocal
from stator.ops._pairs import scaled


@operator("DIV", options="DivOptions")
@dataclass(frozen=True, slots=True)
class Div(Arithmetic):
    kernel_name: ClassVar[str] = "div"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.FLOAT32])

    def real(self, a: Array, b: Array) -> Array:
        result: Array = a / b
        return result

    def _scaling(self, on: Operands) -> tuple[int, int]:
        a, b, y = (np.float32(on.quant(t).scale) for t in (on.input(0), on.input(1), on.output))
        with np.errstate(all="ignore"):
            multiplier, shift = scaled(float(a / (b * y)), f"scales {a} / {b} -> {y}")
        if shift > 23:
            raise Refusal(f"scales {a} / {b} -> {y} are too far apart", remedy="calibrate with real data")
        return multiplier, shift

    def quantized(self, on: Operands, a: Array, b: Array) -> Array:
        multiplier, shift = self._scaling(on)
        x, y = a - on.quant(on.input(0)).zero_point, b - on.quant(on.input(1)).zero_point
        x, y = np.where(y < 0, -x, x), np.abs(y)
        inverse, over = reciprocal(np.maximum(y, 1), 31)
        above_sign = np.where(x < 0, ~x, x)
        headroom = np.where(above_sign == 0, 31, leading_zeros(np.maximum(above_sign, 1)) - 1)
        fine = doubling_high_mul(wrap32(x << headroom), inverse)
        right = over + headroom - shift
        q = np.where(right > 31, 0, rounding_shift_right(doubling_high_mul(fine, multiplier), np.minimum(right, 31)))
        low, high = activation_range(self.activation, on.quant(on.output))
        return np.where(y == 0, np.where(x < 0, low, high), q + on.quant(on.output).zero_point)

    def quantized_fields(self, on: Operands) -> tuple[str, tuple[tuple[str, Value], ...]]:
        multiplier, shift = self._scaling(on)
        return "div", (
            ("a_zero_point", on.quant(on.input(0)).zero_point),
            ("b_zero_point", on.quant(on.input(1)).zero_point),
            ("multiplier", multiplier),
            ("shift", shift),
            ("output_zero_point", on.quant(on.output).zero_point),
        )
