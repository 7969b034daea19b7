"""LOG, by the C library; of INT8 by a table of it, where what has no logarithm gives the least value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.libm import libm
from stator.ops import Array, Operands, operator
from stator.ops._pointwise import Pointwise, by_float


@operator("LOG")
@dataclass(frozen=True, slots=True)
class Log(Pointwise):
    kernel_name: ClassVar[str] = "log"

    def real(self, x: Array) -> Array:
        result: Array = libm("logf", x)
        return result

    def answers(self, on: Operands) -> Array:
        least = np.float32(on.quant(on.output).scale) * np.float32(-128 - on.quant(on.output).zero_point)
        return by_float(on, lambda x: np.where(x > 0, self.real(np.where(x > 0, x, 1)), least))
