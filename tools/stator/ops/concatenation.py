"""CONCATENATION of tensors along one axis; all have the output's scale and zero point."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._activation import Activation
from stator.ops._copy import Copy, Part, View, axis_of


@operator("CONCATENATION", options="ConcatenationOptions")
@dataclass(frozen=True, slots=True)
class Concatenation(Copy):
    axis: int

    @classmethod
    def from_tflite(cls, options: Options) -> Concatenation:
        if Activation.from_tflite(options) is not Activation.NONE:
            raise Refusal("a fused activation", remedy="put the activation before the concatenation", unsupported=True)
        return cls(options.integer("Axis"))

    def sources(self, on: Operands) -> tuple[int, ...]:
        on.input(0)
        return tuple(range(len(on.inputs)))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        shapes = [on.input(i).type.shape for i in self.sources(on)]
        first = shapes[0]
        axis = axis_of(self.axis, len(first))
        if any(len(s) != len(first) or s[:axis] != first[:axis] or s[axis + 1 :] != first[axis + 1 :] for s in shapes):
            raise Refusal(f"shapes {[list(s) for s in shapes]} differ in more than axis {axis}")
        return ((*first[:axis], sum(s[axis] for s in shapes), *first[axis + 1 :]),)

    def parts(self, on: Operands) -> list[Part]:
        to = View.of(self.shapes(on)[0])
        axis = axis_of(self.axis, len(to.sizes))
        parts, at = [], 0
        for number in self.sources(on):
            shape = on.input(number).type.shape
            parts.append(Part(to.take(axis, at, shape[axis]), View.of(shape), input=number))
            at += shape[axis]
        return parts
