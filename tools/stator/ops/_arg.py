"""ARG_MAX and ARG_MIN: where along an axis the extreme element lies; the first of equal ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal
from stator.ops._copy import axis_of
from stator.ops._types import SUFFIXES, one_type


@dataclass(frozen=True, slots=True)
class Arg(Operator):
    smallest: ClassVar[bool]

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    def _axis(self, on: Operands) -> int:
        values = on.integers(1, "the axis")
        if len(values) != 1:
            raise Refusal(f"axes {list(values)}, and one is needed")
        return axis_of(values[0], len(on.input(0).type.shape))

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0),), (DType.INT8, DType.FLOAT32))
        if on.output.type.dtype not in (DType.INT32, DType.INT64):
            raise Refusal(f"the output is {on.output.type.dtype.value}, and int32 or int64 is needed")
        self._axis(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        shape, axis = on.input(0).type.shape, self._axis(on)
        return (TensorType((*shape[:axis], *shape[axis + 1 :]), on.output.type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        index = x.argmin(axis=self._axis(on)) if self.smallest else x.argmax(axis=self._axis(on))
        return (np.asarray(index, dtype=on.output.type.dtype.numpy).reshape(on.output.type.shape),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        shape, axis = on.input(0).type.shape, self._axis(on)
        return KernelCall(
            kernel=f"arg_max_{SUFFIXES[on.input(0).type.dtype]}",
            header="arg_max/arg_max.h",
            struct="stator_arg_max",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("outer", math.prod(shape[:axis])),
                ("count", shape[axis]),
                ("inner", math.prod(shape[axis + 1 :])),
                ("smallest", int(self.smallest)),
                ("output_bytes", on.output.type.dtype.bytes),
            ),
        )
