"""RELU6: values are kept within 0..6. INT8 input and output have one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._pointwise import VALUES, Pointwise, one_scale
from stator.ops._weights import output_range
from stator.ops._wide import SAME, Rescaling, Wide


@operator("RELU6")
@dataclass(frozen=True, slots=True)
class Relu6(Pointwise):
    kernel_name: ClassVar[str] = "relu6"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

    def real(self, x: Array) -> Array:
        return np.where(x > 6, np.float32(6), np.where(x < 0, np.float32(0), x))

    def answers(self, on: Operands) -> Array:
        one_scale(on)
        clipped: Array = np.clip(VALUES, *activation_range(Activation.RELU6, on.quant(on.output)))
        return clipped

    def wide(self, on: Operands) -> Wide:
        one_scale(on)
        return Rescaling(SAME, SAME, range=output_range(on, Activation.RELU6))
