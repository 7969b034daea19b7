"""PACK: tensors of one shape along a new axis."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._copy import Copy, Part, View, axis_of


@operator("PACK", options="PackOptions")
@dataclass(frozen=True, slots=True)
class Pack(Copy):
    axis: int

    @classmethod
    def from_tflite(cls, options: Options) -> Pack:
        return cls(options.integer("Axis"))

    def sources(self, on: Operands) -> tuple[int, ...]:
        on.input(0)
        return tuple(range(len(on.inputs)))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        shape = on.input(0).type.shape
        if any(on.input(i).type.shape != shape for i in self.sources(on)):
            raise Refusal("the inputs' shapes differ")
        axis = axis_of(self.axis, len(shape) + 1)
        return ((*shape[:axis], len(on.inputs), *shape[axis:]),)

    def parts(self, on: Operands) -> list[Part]:
        to = View.of(self.shapes(on)[0])
        axis = axis_of(self.axis, len(to.sizes))
        return [Part(to.take(axis, i, 1), View.of(on.input(i).type.shape).repeat(axis, 1), input=i) for i in self.sources(on)]
