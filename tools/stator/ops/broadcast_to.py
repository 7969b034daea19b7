"""BROADCAST_TO: a tensor repeated along dimensions where it has size 1, or that it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import Copy, Part, broadcast_part
from stator.ops._pairs import broadcast_shape


@operator("BROADCAST_TO", options="BroadcastToOptions")
@dataclass(frozen=True, slots=True)
class BroadcastTo(Copy):
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        wanted = on.integers(1, "the shape's dimensions")
        if min(wanted, default=1) < 1 or broadcast_shape((on.input(0).type.shape, wanted)) != wanted:
            raise Refusal(f"{list(on.input(0).type.shape)} does not broadcast to {list(wanted)}")
        return (wanted,)

    def parts(self, on: Operands) -> list[Part]:
        return [broadcast_part(on.input(0).type.shape, self.shapes(on)[0])]
