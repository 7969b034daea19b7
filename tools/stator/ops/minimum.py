"""MINIMUM: the smaller of two tensors that broadcast. INT8 values of one scale are compared as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator, same_quant
from stator.ops._plain import Plain


@operator("MINIMUM", options="MaximumMinimumOptions")
@dataclass(frozen=True, slots=True)
class Minimum(Plain):
    kernel_name: ClassVar[str] = "minimum"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT32, DType.FLOAT32])

    def check(self, on: Operands) -> None:
        Plain.check(self, on)
        if on.output.type.dtype is DType.INT8:
            same_quant(on, on.input(0), on.output)
            same_quant(on, on.input(1), on.output)

    def real(self, a: Array, b: Array) -> Array:
        return np.where(a < b, a, b)
