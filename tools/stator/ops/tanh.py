"""TANH, of INT8 in the fixed point that TFLite specifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.libm import libm
from stator.numerics import rounding_shift_right
from stator.ops import Array, Operands, Refusal, operator
from stator.ops._fixed_point import tanh
from stator.ops._pointwise import Pointwise, centred
from stator.ops._saturating import saturating
from stator.ops._wide import Sigmoid, Wide


@operator("TANH")
@dataclass(frozen=True, slots=True)
class Tanh(Pointwise):
    kernel_name: ClassVar[str] = "tanh"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = libm("tanhf", x)
        return result

    def wide(self, on: Operands) -> Wide:
        found = Sigmoid("tanh", 2)
        found.scaling(on)
        return found

    def answers(self, on: Operands) -> Array:
        if (on.quant(on.output).scale, on.quant(on.output).zero_point) != (1 / 128, 0):
            raise Refusal("the output must have scale 1/128 and zero point 0", unsupported=True)
        q0, inside = saturating(on, tanh)
        return np.where(inside, rounding_shift_right(q0, 31 - 7), np.where(centred(on) > 0, 127, -128))
