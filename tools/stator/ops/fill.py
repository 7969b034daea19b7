"""FILL: a tensor of one value."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import Copy, Part, broadcast_part


@operator("FILL", options="FillOptions")
@dataclass(frozen=True, slots=True)
class Fill(Copy):
    def sources(self, on: Operands) -> tuple[int, ...]:
        return (1,)

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        wanted = on.integers(0, "the shape's dimensions")
        if min(wanted, default=1) < 1 or on.input(1).type.elements != 1:
            raise Refusal(f"{list(on.input(1).type.shape)} cannot fill {list(wanted)}")
        return (wanted,)

    def parts(self, on: Operands) -> list[Part]:
        return [broadcast_part((), self.shapes(on)[0])]
