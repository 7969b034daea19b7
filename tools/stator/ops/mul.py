"""MUL of two tensors that broadcast: the product of the values less their zero points, rescaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import DType
from stator.numerics import requantize
from stator.ops import Array, Operands, Value, operator
from stator.ops._arithmetic import Arithmetic
from stator.ops._pairs import scaled


@operator("MUL", options="MulOptions")
@dataclass(frozen=True, slots=True)
class Mul(Arithmetic):
    kernel_name: ClassVar[str] = "mul"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.INT32, DType.FLOAT32])

    def real(self, a: Array, b: Array) -> Array:
        return a * b

    def _scaling(self, on: Operands) -> tuple[int, int]:
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        return scaled(a * b / y, f"scales {a} * {b} -> {y}")

    def quantized(self, on: Operands, a: Array, b: Array) -> Array:
        product = (a - on.quant(on.input(0)).zero_point) * (b - on.quant(on.input(1)).zero_point)
        return requantize(product, *self._scaling(on)) + on.quant(on.output).zero_point

    def quantized_fields(self, on: Operands) -> tuple[str, tuple[tuple[str, Value], ...]]:
        multiplier, shift = self._scaling(on)
        if on.output.type.dtype is DType.INT16:
            return "mul", (("multiplier", multiplier), ("shift", shift))
        return "mul", (
            ("a_zero_point", on.quant(on.input(0)).zero_point),
            ("b_zero_point", on.quant(on.input(1)).zero_point),
            ("multiplier", multiplier),
            ("shift", shift),
            ("output_zero_point", on.quant(on.output).zero_point),
        )
