"""LEAKY_RELU: x above 0, else alpha * x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, Operands, Options, operator
from stator.ops._pairs import scaled
from stator.ops._pointwise import Pointwise, centred, ratio


@operator("LEAKY_RELU", options="LeakyReluOptions")
@dataclass(frozen=True, slots=True)
class LeakyRelu(Pointwise):
    kernel_name: ClassVar[str] = "leaky_relu"

    alpha: float

    @classmethod
    def from_tflite(cls, options: Options) -> LeakyRelu:
        return cls(options.real("Alpha"))

    def real(self, x: Array) -> Array:
        return np.where(x > 0, x, x * np.float32(self.alpha))

    def slope(self) -> float:
        return self.alpha

    def answers(self, on: Operands) -> Array:
        x, y = np.float32(on.quant(on.input(0)).scale), np.float32(on.quant(on.output).scale)
        with np.errstate(all="ignore"):
            below = float(x * np.float32(self.alpha) / y)
        values = centred(on)
        positive = requantize(values, *scaled(ratio(on), "scales of input and output"))
        negative = requantize(values, *scaled(abs(below), "alpha and the scales"))
        result: Array = np.where(values >= 0, positive, -negative if below < 0 else negative) + on.quant(on.output).zero_point
        return result
