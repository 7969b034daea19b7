"""MIRROR_PAD: a border that holds the tensor's own edge mirrored, with (SYMMETRIC) or without (REFLECT) the outermost element."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._border import borders, padded
from stator.ops._copy import Copy, Part, View


@operator("MIRROR_PAD", options="MirrorPadOptions")
@dataclass(frozen=True, slots=True)
class MirrorPad(Copy):
    symmetric: bool

    @classmethod
    def from_tflite(cls, options: Options) -> MirrorPad:
        mode = options.integer("Mode")
        if mode not in (0, 1):
            raise Refusal(f"mode number {mode}", remedy="use REFLECT or SYMMETRIC")
        return cls(mode == 1)

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        for size, sides in zip(on.input(0).type.shape, borders(on), strict=True):
            if max(sides) > size - (not self.symmetric):
                raise Refusal(f"a border of {max(sides)} cannot be mirrored from {size} elements")
        return (padded(on),)

    def parts(self, on: Operands) -> list[Part]:
        shape = on.input(0).type.shape
        edge = int(not self.symmetric)
        parts = [(View.of(padded(on)), View.of(shape))]
        for axis, (before, after) in enumerate(borders(on)):
            size = shape[axis]
            # (where in the output, how many, first element, direction)
            runs = ((0, before, before - 1 + edge, -1), (before, size, 0, 1), (before + size, after, size - 1 - edge, -1))
            parts = [
                (to.take(axis, at, count), source.take(axis, first, count, step))
                for to, source in parts
                for at, count, first, step in runs
                if count
            ]
        return [Part(to, source) for to, source in parts]
