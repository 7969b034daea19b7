"""PRELU: x where it is not negative, else x * alpha; input and alpha broadcast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType
from stator.numerics import requantize
from stator.ops import Array, Operands, Options, Value, operator
from stator.ops._pairs import Pairs, scaled
from stator.ops._types import one_type


@operator("PRELU")
@dataclass(frozen=True, slots=True)
class Prelu(Pairs):
    @classmethod
    def from_tflite(cls, options: Options) -> Prelu:
        return cls()

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int]]:
        """Of the input, and of the input times alpha."""
        x, alpha, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        what = f"scales {x} * {alpha} -> {y}"
        return scaled(x / y, what), scaled(x * alpha / y, what)

    def check(self, on: Operands) -> None:
        if one_type(on, (on.input(0), on.input(1), on.output), (DType.INT8, DType.FLOAT32)) is DType.INT8:
            self._scaling(on)

    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        if on.output.type.dtype is DType.FLOAT32:
            with np.errstate(all="ignore"):
                return np.where(a >= 0, a, a * b)
        positive, negative = self._scaling(on)
        x, alpha = a.astype(np.int64) - on.quant(on.input(0)).zero_point, b.astype(np.int64) - on.quant(on.input(1)).zero_point
        y = np.where(x >= 0, requantize(x, *positive), requantize(x * alpha, *negative))
        clipped: Array = np.clip(y + on.quant(on.output).zero_point, -128, 127)
        return clipped

    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        if on.output.type.dtype is DType.FLOAT32:
            return "prelu_f32", "pairwise", "stator_pairwise", ()
        positive, negative = self._scaling(on)
        fields = (
            ("input_zero_point", on.quant(on.input(0)).zero_point),
            ("alpha_zero_point", on.quant(on.input(1)).zero_point),
            ("output_zero_point", on.quant(on.output).zero_point),
            ("multiplier", positive[0]),
            ("shift", positive[1]),
            ("alpha_multiplier", negative[0]),
            ("alpha_shift", negative[1]),
        )
        return "prelu_s8", "prelu", "stator_prelu", fields
