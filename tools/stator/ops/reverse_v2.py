"""REVERSE_V2: some dimensions backwards."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, operator
from stator.ops._copy import Copy, Part, View, axes_of


@operator("REVERSE_V2", options="ReverseV2Options")
@dataclass(frozen=True, slots=True)
class ReverseV2(Copy):
    def _axes(self, on: Operands) -> tuple[int, ...]:
        return axes_of(on.integers(1, "the axes"), len(on.input(0).type.shape))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        self._axes(on)
        return (on.input(0).type.shape,)

    def parts(self, on: Operands) -> list[Part]:
        shape = on.input(0).type.shape
        source = View.of(shape)
        for axis in self._axes(on):
            source = source.take(axis, shape[axis] - 1, shape[axis], -1)
        return [Part(View.of(shape), source)]
