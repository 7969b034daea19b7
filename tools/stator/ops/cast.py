"""CAST from one element type to another. Floats are cut toward zero and saturate; wider integers lose their upper bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._convert import convert_call
from stator.ops._types import integer_range

_NAMES = {DType.INT8: "s8", DType.UINT8: "u8", DType.BOOL: "u8", DType.INT32: "s32", DType.INT64: "s64", DType.FLOAT32: "f32"}


@operator("CAST", options="CastOptions")
@dataclass(frozen=True, slots=True)
class Cast(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Cast:
        return cls()

    def check(self, on: Operands) -> None:
        for tensor in (on.input(0), on.output):
            if tensor.type.dtype not in _NAMES:
                raise Refusal(f"'{tensor.name}' is {tensor.type.dtype.value}", remedy="cast to another type", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, on.output.type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        to = on.output.type.dtype.numpy
        if x.dtype == np.float32 and to.kind in "iu":
            low, high = integer_range(on.output.type.dtype)
            wide = np.trunc(np.nan_to_num(x.astype(np.float64), nan=0))
            inside = (wide > low) & (wide < high)
            return (np.where(inside, np.where(inside, wide, 0).astype(np.int64), np.where(wide > 0, high, low)).astype(to),)
        return (x.astype(to),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        source, target = on.input(0).type.dtype, on.output.type.dtype
        ending = "b8" if target is DType.BOOL else _NAMES[target]
        return convert_call(f"cast_{_NAMES[source]}_{ending}", node, on.output.type.elements)
