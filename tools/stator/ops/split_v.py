"""SPLIT_V: an axis in runs of given sizes, one of which may be -1, what is left."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import axes_of
from stator.ops._split import Splitting


@operator("SPLIT_V", options="SplitVOptions")
@dataclass(frozen=True, slots=True)
class SplitV(Splitting):
    def runs(self, on: Operands) -> tuple[int, tuple[int, ...]]:
        shape = on.input(0).type.shape
        (axis,) = axes_of(on.integers(2, "the axis")[:1], len(shape)) or (0,)
        sizes = on.integers(1, "the sizes")
        if sizes.count(-1) > 1:
            raise Refusal(f"runs of {list(sizes)}")
        rest = shape[axis] - sum(s for s in sizes if s != -1)
        return axis, tuple(rest if s == -1 else s for s in sizes)
