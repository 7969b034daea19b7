"""SPLIT: an axis in equal runs."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._copy import axes_of
from stator.ops._split import Splitting


@operator("SPLIT", options="SplitOptions")
@dataclass(frozen=True, slots=True)
class Split(Splitting):
    count: int

    @classmethod
    def from_tflite(cls, options: Options) -> Split:
        return cls(options.integer("NumSplits"))

    def sources(self, on: Operands) -> tuple[int, ...]:
        return (1,)

    def runs(self, on: Operands) -> tuple[int, tuple[int, ...]]:
        shape = on.input(1).type.shape
        (axis,) = axes_of(on.integers(0, "the axis")[:1], len(shape)) or (0,)
        if not 1 <= self.count <= shape[axis] or shape[axis] % self.count:
            raise Refusal(f"{shape[axis]} elements in {self.count} equal runs")
        return axis, (shape[axis] // self.count,) * self.count
