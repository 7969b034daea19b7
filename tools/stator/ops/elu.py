"""ELU: x above 0, else exp(x) - 1. INT8 by a table of what float32 gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.libm import libm
from stator.ops import Array, Operands, operator
from stator.ops._pointwise import Pointwise, by_float


@operator("ELU")
@dataclass(frozen=True, slots=True)
class Elu(Pointwise):
    kernel_name: ClassVar[str] = "elu"

    def real(self, x: Array) -> Array:
        result: Array = np.where(x < 0, libm("expm1f", np.minimum(x, 0)), x)
        return result

    def answers(self, on: Operands) -> Array:
        return by_float(on, lambda x: np.where(x < 0, libm("expf", np.minimum(x, 0)) - np.float32(1), x))
