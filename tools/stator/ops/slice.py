"""SLICE: a box out of a tensor."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import Copy, Part, View


@operator("SLICE", options="SliceOptions")
@dataclass(frozen=True, slots=True)
class Slice(Copy):
    def _box(self, on: Operands) -> tuple[tuple[int, int], ...]:
        """(first, count) of each dimension; a count of -1 means all that is left."""
        shape = on.input(0).type.shape
        begin, size = on.integers(1, "the beginnings"), on.integers(2, "the sizes")
        if not len(begin) == len(size) == len(shape):
            raise Refusal(f"{len(begin)} beginnings and {len(size)} sizes for {len(shape)} dimensions")
        box = tuple((b, d - b if s == -1 else s) for b, s, d in zip(begin, size, shape, strict=True))
        if any(b < 0 or s < 1 or b + s > d for (b, s), d in zip(box, shape, strict=True)):
            raise Refusal(f"a box of {list(size)} at {list(begin)} does not lie in {list(shape)}")
        return box

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (tuple(count for _, count in self._box(on)),)

    def parts(self, on: Operands) -> list[Part]:
        source = View.of(on.input(0).type.shape)
        for axis, (first, count) in enumerate(self._box(on)):
            source = source.take(axis, first, count)
        return [Part(View.of(source.sizes), source)]
