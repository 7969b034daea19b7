"""STRIDED_SLICE: a box out of a tensor, with a step along each dimension."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._copy import Copy, Part, View


@operator("STRIDED_SLICE", options="StridedSliceOptions")
@dataclass(frozen=True, slots=True)
class StridedSlice(Copy):
    begin_mask: int
    end_mask: int
    shrink_mask: int

    @classmethod
    def from_tflite(cls, options: Options) -> StridedSlice:
        if options.integer("EllipsisMask") or options.integer("NewAxisMask") or options.flag("Offset"):
            raise Refusal("an ellipsis, a new axis or an offset", remedy="slice with numbers for every dimension", unsupported=True)
        return cls(options.integer("BeginMask"), options.integer("EndMask"), options.integer("ShrinkAxisMask"))

    def _runs(self, on: Operands) -> list[tuple[int, int, int]]:
        """(first, count, step) of each dimension."""
        shape = on.input(0).type.shape
        begin, end, steps = on.integers(1, "the beginnings"), on.integers(2, "the ends"), on.integers(3, "the steps")
        if not len(begin) == len(end) == len(steps) <= len(shape):
            raise Refusal(f"{len(begin)} beginnings, {len(end)} ends and {len(steps)} steps for {len(shape)} dimensions")
        runs = [(0, size, 1) for size in shape]
        for axis, (b, e, step) in enumerate(zip(begin, end, steps, strict=True)):
            size = shape[axis]
            if step == 0:
                raise Refusal(f"the step along axis {axis} is 0")
            low, high = (0, size) if step > 0 else (-1, size - 1)
            first = (low if step > 0 else high) if self.begin_mask >> axis & 1 else min(max(b + size * (b < 0), low), high)
            last = (high if step > 0 else low) if self.end_mask >> axis & 1 else min(max(e + size * (e < 0), low), high)
            count = 1 if self.shrink_mask >> axis & 1 else -(-(last - first) // step)
            if count < 1 or not 0 <= first < size:
                raise Refusal(f"nothing is left of axis {axis}: {b}..{e} of {size}, step {step}")
            runs[axis] = (first, count, step)
        return runs

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (tuple(count for axis, (_, count, _) in enumerate(self._runs(on)) if not self.shrink_mask >> axis & 1),)

    def parts(self, on: Operands) -> list[Part]:
        source = View.of(on.input(0).type.shape)
        for axis, (first, count, step) in enumerate(self._runs(on)):
            source = source.take(axis, first, count, step)
        return [Part(View.of(source.sizes), source)]
