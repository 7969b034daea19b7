"""UNPACK: one tensor for every index of an axis."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._copy import Copy, Part, View, axis_of


@operator("UNPACK", options="UnpackOptions")
@dataclass(frozen=True, slots=True)
class Unpack(Copy):
    axis: int
    count: int

    @classmethod
    def from_tflite(cls, options: Options) -> Unpack:
        return cls(options.integer("Axis"), options.integer("Num"))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        shape = on.input(0).type.shape
        axis = axis_of(self.axis, len(shape))
        if shape[axis] != self.count or len(on.outputs) != self.count:
            raise Refusal(f"{self.count} parts into {len(on.outputs)} outputs of axis {axis} of {list(shape)}")
        return ((*shape[:axis], *shape[axis + 1 :]),) * self.count

    def parts(self, on: Operands) -> list[Part]:
        shape = on.input(0).type.shape
        axis = axis_of(self.axis, len(shape))
        to = View.of(self.shapes(on)[0]).repeat(axis, 1)
        return [Part(to, View.of(shape).take(axis, i, 1), output=i) for i in range(self.count)]
