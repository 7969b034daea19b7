"""DEQUANTIZE from INT8, INT16 or UINT8 to float."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._convert import convert_call
from stator.ops._types import SUFFIXES, one_type


@operator("DEQUANTIZE", options="DequantizeOptions")
@dataclass(frozen=True, slots=True)
class Dequantize(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Dequantize:
        return cls()

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0),), (DType.INT8, DType.INT16, DType.UINT8))
        on.quant(on.input(0))
        if on.output.type.dtype is not DType.FLOAT32:
            raise Refusal(f"the output is {on.output.type.dtype.value}, and float32 is needed", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, DType.FLOAT32, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        quant = on.quant(on.input(0))
        with np.errstate(all="ignore"):
            return (np.float32(quant.scale) * (x.astype(np.int32) - quant.zero_point).astype(np.float32),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        quant = on.quant(on.input(0))
        kernel = f"dequantize_{SUFFIXES[on.input(0).type.dtype]}_f32"
        return convert_call(kernel, node, on.output.type.elements, quant.scale, quant.zero_point)
