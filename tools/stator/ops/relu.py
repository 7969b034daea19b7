"""RELU: what is below 0 becomes 0, rescaled where input and output have different scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.numerics import requantize
from stator.ops import Array, Operands, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._pairs import scaled
from stator.ops._pointwise import Pointwise, centred, ratio
from stator.ops._weights import output_range
from stator.ops._wide import Rescaling, Wide


@operator("RELU")
@dataclass(frozen=True, slots=True)
class Relu(Pointwise):
    kernel_name: ClassVar[str] = "relu"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

    def real(self, x: Array) -> Array:
        return np.where(x < 0, np.float32(0), x)

    def answers(self, on: Operands) -> Array:
        y = requantize(centred(on), *scaled(ratio(on), "scales of input and output")) + on.quant(on.output).zero_point
        clipped: Array = np.clip(y, *activation_range(Activation.RELU, on.quant(on.output)))
        return clipped

    def wide(self, on: Operands) -> Wide:
        step = scaled(ratio(on), "scales of input and output")
        return Rescaling(step, step, range=output_range(on, Activation.RELU))
