"""Operators that only move elements: what they do is a list of strided boxes, copied from an input to an output.

`View` says which elements of a tensor, in which order; a `Part` copies one view to another of the same sizes. The reference and
the kernel (firmware/kernels/copy/) run the same parts.
"""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stator.ir import Node, Tensor, TensorType
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Placement, Refusal, one_meaning
from stator.ops._types import ANY, one_type

#: Dimensions of a box, after neighbours that go on alike are joined.
MAX_RANK = 8
#: Boxes of one layer: their table lies in flash.
MAX_PARTS = 512


@dataclass(frozen=True, slots=True)
class View:
    """Elements start + sum(i[d] * strides[d]) of a tensor, for every index i below sizes."""

    start: int
    sizes: tuple[int, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(cls, shape: Sequence[int]) -> View:
        """The whole tensor, in order."""
        return cls(0, tuple(shape), tuple(math.prod(shape[d + 1 :]) for d in range(len(shape))))

    def take(self, axis: int, first: int, count: int, step: int = 1) -> View:
        """`count` indices of an axis, from `first` on."""
        sizes, strides = list(self.sizes), list(self.strides)
        start = self.start + first * strides[axis]
        sizes[axis], strides[axis] = count, strides[axis] * step
        return View(start, tuple(sizes), tuple(strides))

    def permute(self, order: Sequence[int]) -> View:
        """The axes in another order."""
        return replace(self, sizes=tuple(self.sizes[a] for a in order), strides=tuple(self.strides[a] for a in order))

    def repeat(self, axis: int, times: int) -> View:
        """A new axis before `axis`, along which nothing changes."""
        return replace(self, sizes=(*self.sizes[:axis], times, *self.sizes[axis:]), strides=(*self.strides[:axis], 0, *self.strides[axis:]))

    def split(self, axis: int, inner: int) -> View:
        """An axis as two, of which the second has `inner` indices."""
        size, stride = self.sizes[axis], self.strides[axis]
        return replace(
            self,
            sizes=(*self.sizes[:axis], size // inner, inner, *self.sizes[axis + 1 :]),
            strides=(*self.strides[:axis], stride * inner, stride, *self.strides[axis + 1 :]),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One box: to output number `output`, from input number `input` (among the tensors that the kernel gets)."""

    to: View
    source: View
    output: int = 0
    input: int = 0


@dataclass(frozen=True, slots=True)
class Copy(Operator):
    """`parts` and the shapes are left to the operator."""

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    @abc.abstractmethod
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        """Shapes of the outputs; refuses operands that make no sense."""

    @abc.abstractmethod
    def parts(self, on: Operands) -> list[Part]:
        """The boxes. Together they fill the outputs, unless there is a `border`."""

    def border(self, on: Operands) -> int | None:
        """The bits of the element that what no part writes is filled with; None where the parts fill everything."""
        return None

    def sources(self, on: Operands) -> tuple[int, ...]:
        """Positions of the inputs that are copied from."""
        return (0,)

    def check(self, on: Operands) -> None:
        tensors: list[Tensor] = [on.input(i) for i in self.sources(on)]
        one_type(on, (*tensors, *on.outputs), ANY)
        one_meaning(on, *on.outputs, *tensors)
        self.shapes(on)
        if sum(1 for _ in self.parts(on)) > MAX_PARTS:
            raise Refusal(f"more than {MAX_PARTS} pieces to copy", remedy="use fewer or larger pieces", unsupported=True)
        _boxes(self.parts(on))
        self.border(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return tuple(
            replace(on.input(self.sources(on)[0]).type, shape=shape, quant=output.type.quant)
            for shape, output in zip(self.shapes(on), on.outputs, strict=True)
        )

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        dtype = on.output.type.dtype.numpy
        border = self.border(on) or 0
        fill = np.array([border], dtype=np.uint64).view(np.uint8)[: dtype.itemsize].view(dtype)[0]
        outputs = [np.full(t.type.elements, fill, dtype=dtype) for t in on.outputs]
        sources = []
        for position in self.sources(on):
            x = inputs[position]
            assert x is not None
            sources.append(np.ascontiguousarray(x).reshape(-1))
        for part in self.parts(on):
            _strided(outputs[part.output], part.to)[...] = _strided(sources[part.input], part.source)
        return tuple(y.reshape(t.type.shape) for y, t in zip(outputs, on.outputs, strict=True))

    def placements(self, node: Node, on: Operands) -> tuple[Placement, ...]:
        """Runs of one input that are outputs, or inputs that are runs of one output."""
        boxes, size = _boxes(self.parts(on)), on.output.type.dtype.bytes
        if self.border(on) is not None or any(view.strides != (1,) for box in boxes for view in (box.to, box.source)):
            return ()
        sources = [node.inputs[i] for i in self.sources(on)]
        whole_outputs = [(box.output, box.to.start, box.to.sizes[0]) for box in boxes]
        whole_inputs = [(box.input, box.source.start, box.source.sizes[0]) for box in boxes]
        if len(sources) == 1 and whole_outputs == [(i, 0, t.type.elements) for i, t in enumerate(on.outputs)]:
            return tuple(Placement(node.outputs[box.output], sources[0], box.source.start * size) for box in boxes)
        if len(on.outputs) == 1 and whole_inputs == [(i, 0, on.input(p).type.elements) for i, p in enumerate(self.sources(on))]:
            return tuple(Placement(sources[box.input], node.outputs[0], box.to.start * size) for box in boxes)
        return ()

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        border = self.border(on)
        boxes = _boxes(self.parts(on))
        rank = max(len(part.to.sizes) for part in boxes)
        rows = []
        for part in boxes:
            short = rank - len(part.to.sizes)
            ones, zeros = (1,) * short, (0,) * short
            ends = (part.output, part.to.start, part.input, part.source.start)
            rows.append((*ends, *ones, *part.to.sizes, *zeros, *part.to.strides, *zeros, *part.source.strides))
        return KernelCall(
            kernel="copy_any",
            header="copy/copy.h",
            struct="stator_copy",
            outputs=node.outputs,
            inputs=tuple(node.inputs[i] for i in self.sources(on)),
            params=(
                ("element_bytes", on.output.type.dtype.bytes),
                ("outputs", len(node.outputs)),
                ("inputs", len(self.sources(on))),
                ("border_elements", 0 if border is None else on.output.type.elements),
                ("border", border or 0),
                ("parts", len(boxes)),
                ("rank", rank),
                ("part", Constant("part", "int32_t", np.array(rows, dtype=np.int32))),
            ),
            lists=True,
        )


def _strided(flat: Array, view: View) -> Array:
    ends = [(size - 1) * stride for size, stride in zip(view.sizes, view.strides, strict=True)]
    least, most = view.start + sum(e for e in ends if e < 0), view.start + sum(e for e in ends if e > 0)
    if not 0 <= least <= most < flat.size:
        raise AssertionError(f"{view} of {flat.size} elements")
    strides = [stride * flat.itemsize for stride in view.strides]
    return np.lib.stride_tricks.as_strided(flat[view.start :], view.sizes, strides)


def _boxes(parts: list[Part]) -> list[Part]:
    """The parts without axes of size 1, and with neighbouring axes joined where both sides go on alike."""
    boxes = []
    for part in parts:
        axes: list[tuple[int, int, int]] = []
        for size, out, into in zip(part.to.sizes, part.to.strides, part.source.strides, strict=True):
            if size == 1:
                continue
            if axes and axes[-1][1] == out * size and axes[-1][2] == into * size:
                axes[-1] = (axes[-1][0] * size, out, into)
            else:
                axes.append((size, out, into))
        sizes, to_strides, from_strides = zip(*(axes or [(1, 1, 1)]), strict=True)
        if len(sizes) > MAX_RANK:
            raise Refusal(f"{len(sizes)} dimensions that cannot be joined", remedy=f"use at most {MAX_RANK}", unsupported=True)
        to, source = View(part.to.start, sizes, to_strides), View(part.source.start, sizes, from_strides)
        boxes.append(replace(part, to=to, source=source))
    return boxes


def broadcast_part(shape: tuple[int, ...], wanted: tuple[int, ...]) -> Part:
    """A tensor repeated to a shape that it broadcasts to."""
    source = View.of((1,) * (len(wanted) - len(shape)) + shape)
    strides = tuple(0 if size == 1 else stride for size, stride in zip(source.sizes, source.strides, strict=True))
    return Part(View.of(wanted), View(0, wanted, strides))


def axis_of(value: int, rank: int) -> int:
    """A dimension as a number from 0; refuses what is none."""
    if not -rank <= value < rank:
        raise Refusal(f"axis {value} of {rank} dimensions")
    return value % rank


def axes_of(values: Sequence[int], rank: int) -> tuple[int, ...]:
    """Dimensions as numbers from 0, each once."""
    axes = tuple(axis_of(v, rank) for v in values)
    if len(set(axes)) != len(axes):
        raise Refusal(f"axes {list(values)} repeat")
    return axes
