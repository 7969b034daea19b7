"""PAD: a border around a tensor; it holds the zero point, so real 0."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ir import DType
from stator.ops import Operands, operator
from stator.ops._border import inside, padded
from stator.ops._copy import Copy, Part


@operator("PAD", options="PadOptions")
@dataclass(frozen=True, slots=True)
class Pad(Copy):
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (padded(on),)

    def border(self, on: Operands) -> int:
        return on.quant(on.output).zero_point & 0xFF if on.output.type.dtype is DType.INT8 else 0

    def parts(self, on: Operands) -> list[Part]:
        return inside(on)
