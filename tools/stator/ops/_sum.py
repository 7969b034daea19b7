"""ADD and SUB of INT8: both operands are taken to a common scale with 20 bits of headroom, summed, and rescaled."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, Operands, Value
from stator.ops._arithmetic import Arithmetic
from stator.ops._pairs import scaled_below_one

LEFT_SHIFT = 20


@dataclass(frozen=True, slots=True)
class Sum(Arithmetic):
    sign: ClassVar[int]

    @abc.abstractmethod
    def ratios(self, a: float, b: float, y: float) -> tuple[float, float, float]:
        """From the scales of a, b and the output: a and b to the common scale, and that to the output's."""

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """(multiplier, shift) of both inputs and of the output; every shift is 0 or negative."""
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        with np.errstate(all="ignore"):
            first, second, out = self.ratios(a, b, y)
        what = f"scales {a}, {b} -> {y}"
        return scaled_below_one(first, what), scaled_below_one(second, what), scaled_below_one(out, what)

    def quantized(self, on: Operands, a: Array, b: Array) -> Array:
        first, second, out = self._scaling(on)
        total = requantize((a - on.quant(on.input(0)).zero_point) << LEFT_SHIFT, *first) + requantize(
            (b - on.quant(on.input(1)).zero_point) << LEFT_SHIFT, self.sign * second[0], second[1]
        )
        return requantize(total, *out) + on.quant(on.output).zero_point

    def quantized_fields(self, on: Operands) -> tuple[str, tuple[tuple[str, Value], ...]]:
        first, second, out = self._scaling(on)
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
