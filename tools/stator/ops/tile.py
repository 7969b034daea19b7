"""TILE: a tensor repeated along its dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import Copy, Part, View


@operator("TILE", options="TileOptions")
@dataclass(frozen=True, slots=True)
class Tile(Copy):
    def _times(self, on: Operands) -> tuple[int, ...]:
        times = on.integers(1, "the repetitions")
        if len(times) != len(on.input(0).type.shape) or min(times, default=1) < 1 or max(times, default=1) > 1 << 20:
            raise Refusal(f"{list(times)} repetitions of {list(on.input(0).type.shape)}")
        return times

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (tuple(d * n for d, n in zip(on.input(0).type.shape, self._times(on), strict=True)),)

    def parts(self, on: Operands) -> list[Part]:
        shape = on.input(0).type.shape
        to, source = View.of(self.shapes(on)[0]), View.of(shape)
        for axis, times in enumerate(self._times(on)):
            to, source = to.split(2 * axis, shape[axis]), source.repeat(2 * axis, times)
        return [Part(to, source)]
