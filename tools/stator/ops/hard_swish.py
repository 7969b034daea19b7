"""HARD_SWISH: x * min(max(x + 3, 0), 6) / 6, of INT8 in 16-bit fixed point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.numerics import rounding_shift_right
from stator.ops import Array, Operands, Refusal, operator
from stator.ops._pairs import scaled
from stator.ops._pointwise import Pointwise, centred


def to_16_bits(multiplier: int) -> int:
    """A multiplier of 31 bits, rounded to 15."""
    return min((multiplier + (1 << 15)) >> 16, 2**15 - 1)


def high_mul_16(a: Array, b: int) -> Array:
    """a * b / 2^15, rounded half away from zero for positive and toward it for negative products."""
    nudged = a * b + np.where(a * b >= 0, 1 << 14, 1 - (1 << 14))
    return np.where(nudged >= 0, nudged >> 15, -(-nudged >> 15))


@operator("HARD_SWISH", options="HardSwishOptions")
@dataclass(frozen=True, slots=True)
class HardSwish(Pointwise):
    kernel_name: ClassVar[str] = "hard_swish"

    def real(self, x: Array) -> Array:
        result: Array = x * np.minimum(np.float32(6), np.maximum(np.float32(0), x + np.float32(3))) / np.float32(6)
        return result

    def answers(self, on: Operands) -> Array:
        x, y = np.float32(on.quant(on.input(0)).scale), np.float32(on.quant(on.output).scale)
        fine = np.float32(1 / 128) * x
        with np.errstate(all="ignore"):
            to_output = scaled(float(fine / y), "scales of input and output")
            to_share = scaled(float(fine / (np.float32(3) / np.float32(32768))), "the input's scale")
        if to_output[1] > 0:
            raise Refusal("scales of input and output are too far apart", remedy="calibrate with real data")
        values = centred(on) << 7
        share = values
        if to_share[1] > 0:
            share = np.clip(share << min(to_share[1] - 1, 16), -(2**15), 2**15 - 1)
        share = high_mul_16(share, to_16_bits(to_share[0]))
        share = np.clip(share * 2, -(2**15), 2**15 - 1) if to_share[1] > 0 else rounding_shift_right(share, min(-to_share[1], 31))
        share = (share + (1 << 15)) >> 1
        product = share * high_mul_16(values, to_16_bits(to_output[0]))
        cut = np.where(product >= 0, product >> 15, -(-product >> 15))
        result: Array = rounding_shift_right(cut, min(-to_output[1], 31)) + on.quant(on.output).zero_point
        return result
