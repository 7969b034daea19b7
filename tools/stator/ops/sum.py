"""SUM over any axes: floats in the input's order; INT8 is rescaled once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.numerics import INT32_MAX, requantize
from stator.ops import Array, Operands, Refusal, Value, operator
from stator.ops._pairs import scaled
from stator.ops._reduce import Reduce, summed


@operator("SUM", options="ReducerOptions")
@dataclass(frozen=True, slots=True)
class Sum(Reduce):
    kernel_name: ClassVar[str] = "sum"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.FLOAT32])

    def fields(self, on: Operands) -> tuple[tuple[str, Value], ...]:
        if on.output.type.dtype is not DType.INT8:
            return ()
        count = on.input(0).type.elements // on.output.type.elements
        if count * 255 > INT32_MAX:
            raise Refusal(f"a sum over {count:,} elements", remedy="use a smaller input")
        multiplier, shift = scaled(on.quant(on.input(0)).scale / on.quant(on.output).scale, "scales of input and output")
        return (
            ("multiplier", multiplier),
            ("shift", shift),
            ("input_zero_point", on.quant(on.input(0)).zero_point),
            ("output_zero_point", on.quant(on.output).zero_point),
        )

    def compute(self, on: Operands, rows: Array) -> Array:
        if rows.dtype != np.int8:
            return summed(rows)
        multiplier, shift = scaled(on.quant(on.input(0)).scale / on.quant(on.output).scale, "scales of input and output")
        total = rows.astype(np.int64).sum(axis=1) - on.quant(on.input(0)).zero_point * rows.shape[1]
        result: Array = np.clip(requantize(total, multiplier, shift) + on.quant(on.output).zero_point, -128, 127)
        return result
