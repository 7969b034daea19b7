"""CUMSUM: running sums along an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._copy import axis_of
from stator.ops._one_scale_sum import fields, narrowed, scaling, widened
from stator.ops._types import SUFFIXES, one_type


@operator("CUMSUM", options="CumsumOptions")
@dataclass(frozen=True, slots=True)
class Cumsum(Operator):
    exclusive: bool
    reverse: bool

    @classmethod
    def from_tflite(cls, options: Options) -> Cumsum:
        return cls(options.flag("Exclusive"), options.flag("Reverse"))

    def _axis(self, on: Operands) -> int:
        values = on.integers(1, "the axis")
        if len(values) != 1:
            raise Refusal(f"axes {list(values)}, and one is needed")
        return axis_of(values[0], len(on.input(0).type.shape))

    def check(self, on: Operands) -> None:
        if one_type(on, (on.input(0), on.output), (DType.INT8, DType.FLOAT32)) is DType.INT8:
            scaling(on)
        self._axis(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x = on.input(0).type
        return (TensorType(x.shape, x.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        axis = self._axis(on)
        wide = widened(on, x) if x.dtype == np.int8 else x
        along = np.flip(wide, axis) if self.reverse else wide
        # From 0 on, one after the other; the last sum is left out where the element itself is.
        zero = np.zeros_like(np.take(along, [0], axis=axis))
        sums = np.cumsum(np.concatenate([zero, along], axis=axis), axis=axis, dtype=along.dtype)
        count = x.shape[axis]
        taken = np.take(sums, np.arange(count) + (not self.exclusive), axis=axis)
        total = np.flip(taken, axis) if self.reverse else taken
        return (narrowed(on, total) if x.dtype == np.int8 else np.ascontiguousarray(total),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        shape, axis, dtype = on.input(0).type.shape, self._axis(on), on.output.type.dtype
        return KernelCall(
            kernel=f"cumsum_{SUFFIXES[dtype]}",
            header="cumsum/cumsum.h",
            struct="stator_cumsum",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("outer", math.prod(shape[:axis])),
                ("count", shape[axis]),
                ("inner", math.prod(shape[axis + 1 :])),
                ("exclusive", int(self.exclusive)),
                ("reverse", int(self.reverse)),
                *(fields(on) if dtype is DType.INT8 else ()),
            ),
        )
