"""PADV2: a border of a given value around a tensor."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, one_meaning, operator
from stator.ops._border import inside, padded
from stator.ops._copy import Copy, Part


@operator("PADV2", options="PadV2Options")
@dataclass(frozen=True, slots=True)
class PadV2(Copy):
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (padded(on),)

    def border(self, on: Operands) -> int:
        value = on.constant(2, "the border's value")
        if value.size != 1 or value.dtype != on.output.type.dtype.numpy:
            raise Refusal(f"the border's value is {value.dtype}[{value.size}]")
        one_meaning(on, on.input(2), on.output)
        return int.from_bytes(value.tobytes(), "little")

    def parts(self, on: Operands) -> list[Part]:
        return inside(on)
