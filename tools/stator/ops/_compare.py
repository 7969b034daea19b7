"""The six comparisons: they differ in which outcomes answer true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.ir import DType
from stator.numerics import requantize
from stator.ops import Array, Operands, Options, Refusal, Value
from stator.ops._pairs import Pairs, scaled_below_one
from stator.ops._types import SUFFIXES, one_type

LEFT_SHIFT = 8  # INT8 operands are scaled from here
LESS, SAME, MORE, UNORDERED = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Compare(Pairs):
    accepts: ClassVar[int]

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    def output_type(self, on: Operands) -> DType:
        return DType.BOOL

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int]]:
        a, b = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale
        return scaled_below_one(a, "scales of 1 and more"), scaled_below_one(b, "scales of 1 and more")

    def check(self, on: Operands) -> None:
        allowed = {DType.INT8, DType.INT32, DType.FLOAT32}
        if not (self.accepts & LESS) ^ (self.accepts & MORE) >> 2:
            allowed.add(DType.BOOL)
        if one_type(on, (on.input(0), on.input(1)), allowed) is DType.INT8:
            self._scaling(on)
        if on.output.type.dtype is not DType.BOOL:
            raise Refusal(f"the output is {on.output.type.dtype.value}, and bool is needed")

    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        x, y = a, b
        if on.input(0).type.dtype is DType.INT8:
            first, second = self._scaling(on)
            x = requantize((a.astype(np.int64) - on.quant(on.input(0)).zero_point) << LEFT_SHIFT, *first)
            y = requantize((b.astype(np.int64) - on.quant(on.input(1)).zero_point) << LEFT_SHIFT, *second)
        outcome = np.where(x < y, LESS, np.where(x > y, MORE, np.where(x == y, SAME, UNORDERED)))
        answer: Array = (outcome & self.accepts) != 0
        return answer

    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        dtype = on.input(0).type.dtype
        fields: tuple[tuple[str, Value], ...] = (("accepts", self.accepts),)
        if dtype is DType.INT8:
            first, second = self._scaling(on)
            fields += (
                ("a_zero_point", on.quant(on.input(0)).zero_point),
                ("a_multiplier", first[0]),
                ("a_shift", first[1]),
                ("b_zero_point", on.quant(on.input(1)).zero_point),
                ("b_multiplier", second[0]),
                ("b_shift", second[1]),
            )
        return f"compare_{SUFFIXES[dtype]}", "compare", "stator_compare", fields
