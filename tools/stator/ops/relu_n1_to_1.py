"""RELU_N1_TO_1: values are kept within -1..1. INT8 input and output have one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._pointwise import VALUES, Pointwise, one_scale


@operator("RELU_N1_TO_1")
@dataclass(frozen=True, slots=True)
class ReluN1To1(Pointwise):
    kernel_name: ClassVar[str] = "relu_n1_to_1"

    def real(self, x: Array) -> Array:
        return np.where(x > 1, np.float32(1), np.where(x < -1, np.float32(-1), x))

    def answers(self, on: Operands) -> Array:
        one_scale(on)
        clipped: Array = np.clip(VALUES, *activation_range(Activation.RELU_N1_TO_1, on.quant(on.output)))
        return clipped
