"""LEAKY_RELU: x above 0, else alpha * x."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, Options, operator
from stator.ops._pairs import scaled
from stator.ops._pointwise import VALUES, Pointwise, ratio
from stator.ops._wide import Rescaling


@operator("LEAKY_RELU", options="LeakyReluOptions")
@dataclass(frozen=True, slots=True)
class LeakyRelu(Pointwise):
    kernel_name: ClassVar[str] = "leaky_relu"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

    alpha: float

    @classmethod
    def from_tflite(cls, options: Options) -> LeakyRelu:
        return cls(options.real("Alpha"))

    def real(self, x: Array) -> Array:
        return np.where(x > 0, x, x * np.float32(self.alpha))

    def slope(self) -> float:
        return self.alpha

    def wide(self, on: Operands) -> Rescaling:
        x, y = np.float32(on.quant(on.input(0)).scale), np.float32(on.quant(on.output).scale)
        with np.errstate(all="ignore"):
            below = float(x * np.float32(self.alpha) / y)
        above = scaled(ratio(on), "scales of input and output")
        return Rescaling(above, scaled(abs(below), "alpha and the scales"), negated=below < 0)

    def answers(self, on: Operands) -> Array:
        return self.wide(on).values(on, VALUES)
