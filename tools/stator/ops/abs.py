"""ABS: the magnitude, rescaled where input and output have different scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, Operands, operator
from stator.ops._pairs import scaled
from stator.ops._pointwise import Pointwise, centred, ratio


@operator("ABS", options="AbsOptions")
@dataclass(frozen=True, slots=True)
class Abs(Pointwise):
    kernel_name: ClassVar[str] = "abs"

    def real(self, x: Array) -> Array:
        result: Array = np.abs(x)
        return result

    def answers(self, on: Operands) -> Array:
        y = np.abs(centred(on))
        if on.quant(on.input(0)).scale != on.quant(on.output).scale:
            y = requantize(y, *scaled(ratio(on), "scales of input and output"))
        result: Array = y + on.quant(on.output).zero_point
        return result
