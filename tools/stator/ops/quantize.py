"""QUANTIZE: from float to INT8 or INT16, or the same numbers under another scale and zero point: INT8, INT16, UINT8, and to INT32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import INT32_MAX, INT32_MIN, requantize
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._convert import convert_call
from stator.ops._pairs import scaled
from stator.ops._types import QUANTIZED, SUFFIXES, integer_range, one_type
from stator.ops._wide import Rescaling


@operator("QUANTIZE", options="QuantizeOptions")
@dataclass(frozen=True, slots=True)
class Quantize(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Quantize:
        return cls()

    def _scaling(self, on: Operands) -> tuple[int, int]:
        return scaled(on.quant(on.input(0)).scale / on.quant(on.output).scale, "scales of input and output")

    def check(self, on: Operands) -> None:
        source, to = one_type(on, (on.input(0),), (*QUANTIZED, DType.UINT8, DType.FLOAT32)), on.output.type.dtype
        if source is not DType.FLOAT32:
            self._scaling(on)
        on.quant(on.output)
        targets = {DType.INT8: (*QUANTIZED, DType.UINT8, DType.INT32), DType.INT16: (*QUANTIZED, DType.INT32), DType.UINT8: (DType.INT8,)}
        if to not in targets.get(source, QUANTIZED):
            raise Refusal(f"from {source.value} to {to.value}", remedy="quantize to INT8", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, on.output.type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        quant, to = on.quant(on.output), on.output.type.dtype.numpy
        if x.dtype == np.float32:
            with np.errstate(all="ignore"):
                ratio = np.nan_to_num((x / np.float32(quant.scale)).astype(np.float64), nan=0)
            y = np.clip(np.trunc(ratio + np.copysign(0.5, ratio)), INT32_MIN, INT32_MAX).astype(np.int64) + quant.zero_point
        else:
            y = requantize(x.astype(np.int64) - on.quant(on.input(0)).zero_point, *self._scaling(on)) + quant.zero_point
        low, high = integer_range(on.output.type.dtype)
        return (np.clip(y, low, high).astype(to),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),) if on.input(0).type.dtype.bytes == on.output.type.dtype.bytes else ()

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        elements, source, quant = on.output.type.elements, on.input(0).type.dtype, on.quant(on.output)
        if source is DType.FLOAT32:
            return convert_call(f"quantize_f32_{SUFFIXES[on.output.type.dtype]}", node, elements, quant.scale, quant.zero_point)
        if DType.UINT8 in (source, on.output.type.dtype):
            # By table: the kernel takes bytes for INT8, so the table's order is that of the bytes' INT8 meaning.
            bytes_in_order = np.arange(-128, 128, dtype=np.int8)
            table = self.reference(on, bytes_in_order.view(source.numpy))[0].view(np.int8)
            params = (("table", Constant("table", "int8_t", table)), ("elements", elements))
            return KernelCall("lookup_s8", "lookup/lookup.h", "stator_lookup", node.outputs, node.inputs[:1], params)
        if on.output.type.dtype is DType.INT32 or DType.INT16 in (source, on.output.type.dtype):
            return Rescaling(self._scaling(on), self._scaling(on)).call(node, on)
        multiplier, shift = self._scaling(on)
        return KernelCall(
            kernel="quantize_s8",
            header="quantize/quantize.h",
            struct="stator_quantize",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("elements", elements),
                ("multiplier", multiplier),
                ("shift", shift),
                ("input_zero_point", on.quant(on.input(0)).zero_point),
                ("output_zero_point", quant.zero_point),
            ),
        )
