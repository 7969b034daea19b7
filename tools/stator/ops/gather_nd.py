"""GATHER_ND: slices at the places that the last axis of the indices names."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stator.ir import Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, one_meaning, operator
from stator.ops._gather import Places
from stator.ops._types import ANY, one_type


@operator("GATHER_ND", options="GatherNdOptions")
@dataclass(frozen=True, slots=True)
class GatherNd(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> GatherNd:
        return cls()

    def _depth(self, on: Operands) -> int:
        shape, indices = on.input(0).type.shape, on.input(1).type.shape
        if not indices or not 1 <= indices[-1] <= len(shape):
            raise Refusal(f"indices {list(indices)} of {list(shape)}")
        return indices[-1]

    def _places(self, on: Operands) -> Places:
        shape, indices, depth = on.input(0).type.shape, on.input(1).type.shape, self._depth(on)
        return Places(1, 1, math.prod(indices[:-1]), math.prod(shape[depth:]), shape[:depth])

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x, indices = on.input(0).type, on.input(1).type.shape
        return (TensorType((*indices[:-1], *x.shape[self._depth(on) :]), x.dtype, on.output.type.quant),)

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
