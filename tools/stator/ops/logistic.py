"""LOGISTIC (sigmoid), of INT8 in the fixed point that TFLite specifies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.libm import libm
from stator.numerics import rounding_shift_right
from stator.ops import Array, Operands, Refusal, operator
from stator.ops._fixed_point import logistic
from stator.ops._pointwise import Pointwise, centred
from stator.ops._saturating import saturating
from stator.ops._wide import Sigmoid, Wide


@operator("LOGISTIC")
@dataclass(frozen=True, slots=True)
class Logistic(Pointwise):
    kernel_name: ClassVar[str] = "logistic"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = np.where(
            x > np.float32(16.619047164916992),
            np.float32(1),
            np.where(x < np.float32(-9), libm("expf", x), np.float32(1) / (np.float32(1) + libm("expf", -x))),
        )
        return result

    def wide(self, on: Operands) -> Wide:
        found = Sigmoid("logistic", 1)
        found.scaling(on)
        return found

    def answers(self, on: Operands) -> Array:
        if (on.quant(on.output).scale, on.quant(on.output).zero_point) != (1 / 256, -128):
            raise Refusal("the output must have scale 1/256 and zero point -128", unsupported=True)
        q0, inside = saturating(on, logistic)
        return np.where(inside, rounding_shift_right(q0, 31 - 8) - 128, np.where(centred(on) > 0, 127, -128))
