"""GATHER: slices of an axis, in the order that indices say."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stator.ir import Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, one_meaning, operator
from stator.ops._copy import axis_of
from stator.ops._gather import Places
from stator.ops._types import ANY, one_type


@operator("GATHER", options="GatherOptions")
@dataclass(frozen=True, slots=True)
class Gather(Operator):
    axis: int
    batch_dims: int

    @classmethod
    def from_tflite(cls, options: Options) -> Gather:
        return cls(options.integer("Axis"), options.integer("BatchDims"))

    def _axes(self, on: Operands) -> tuple[int, int]:
        """The axis, and how many dimensions of input and indices go together."""
        shape, indices = on.input(0).type.shape, on.input(1).type.shape
        axis = axis_of(self.axis, len(shape))
        together = self.batch_dims + len(indices) if self.batch_dims < 0 else self.batch_dims
        if not 0 <= together <= min(axis, len(indices)) or shape[:together] != indices[:together]:
            raise Refusal(f"{self.batch_dims} batch dimensions of {list(shape)} and {list(indices)} at axis {axis}")
        return axis, together

    def _places(self, on: Operands) -> Places:
        shape, indices = on.input(0).type.shape, on.input(1).type.shape
        axis, together = self._axes(on)
        return Places(
            batches=math.prod(shape[:together]),
            outer=math.prod(shape[together:axis]),
            count=math.prod(indices[together:]),
            inner=math.prod(shape[axis + 1 :]),
            sizes=(shape[axis],),
        )

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x, indices = on.input(0).type, on.input(1).type.shape
        axis, together = self._axes(on)
        return (TensorType((*x.shape[:axis], *indices[together:], *x.shape[axis + 1 :]), x.dtype, on.output.type.quant),)

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0), on.output), ANY)
        one_meaning(on, on.input(0), on.output)
        self._places(on).check(on)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x, indices = inputs
        assert x is not None and indices is not None
        return (self._places(on).taken(x, indices).reshape(on.output.type.shape),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        return self._places(on).call(node, on)
