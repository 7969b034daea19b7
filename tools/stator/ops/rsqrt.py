"""RSQRT: one over the root. INT8 is computed in fixed point; 0 and what is below, which have no answer, give the greatest value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, Operands, Refusal, operator
from stator.ops._fixed_point import inverse_sqrt
from stator.ops._pairs import scaled
from stator.ops._pointwise import Pointwise, centred

EXTRA_BITS = 20  # of the root, before it is rescaled


@operator("RSQRT")
@dataclass(frozen=True, slots=True)
class Rsqrt(Pointwise):
    kernel_name: ClassVar[str] = "rsqrt"

    def real(self, x: Array) -> Array:
        result: Array = np.float32(1) / np.sqrt(x)
        return result

    def answers(self, on: Operands) -> Array:
        x, y = on.quant(on.input(0)).scale, on.quant(on.output).scale
        with np.errstate(all="ignore"):
            product = float(np.sqrt(np.float32(x)) * np.float32(y))
        multiplier, shift = scaled(1 / product if product else np.inf, "scales of input and output")
        if multiplier and shift - EXTRA_BITS < -31:
            raise Refusal("scales of input and output are too far apart", remedy="calibrate with real data")
        values = centred(on)
        root, down = inverse_sqrt(np.maximum(values, 1))
        fine = requantize(np.ones_like(values), root, down + EXTRA_BITS)
        result = requantize(fine, multiplier, shift - EXTRA_BITS if multiplier else 0) + on.quant(on.output).zero_point
        return np.where(values <= 0, 127, result)
