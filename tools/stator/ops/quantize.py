"""QUANTIZE from INT8 to INT8: the same numbers under another scale and zero point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import quantize_multiplier, requantize
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, int8, operator


@operator("QUANTIZE", options="QuantizeOptions")
@dataclass(frozen=True, slots=True)
class Quantize(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Quantize:
        return cls()

    def _scaling(self, on: Operands) -> tuple[int, int]:
        try:
            return quantize_multiplier(on.quant(on.input(0)).scale / on.quant(on.output).scale)
        except ValueError as error:
            raise Refusal(f"scales of input and output give {error}", remedy="calibrate with real data") from None

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        self._scaling(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        centred = x.astype(np.int64) - on.quant(on.input(0)).zero_point
        y = requantize(centred, *self._scaling(on)) + on.quant(on.output).zero_point
        return (np.clip(y, -128, 127).astype(np.int8),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        multiplier, shift = self._scaling(on)
        return KernelCall(
            kernel="quantize_s8",
            header="quantize/quantize.h",
            struct="stator_quantize",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                ("elements", on.output.type.elements),
                ("multiplier", multiplier),
                ("shift", shift),
                ("input_zero_point", on.quant(on.input(0)).zero_point),
                ("output_zero_point", on.quant(on.output).zero_point),
            ),
        )
