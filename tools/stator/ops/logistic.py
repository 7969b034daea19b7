"""LOGISTIC (sigmoid): every INT8 input has one answer, so the kernel looks it up in a table of 256 bytes made here.

The table is computed in the fixed point that TFLite specifies: 1 / (1 + exp(-|x|)) on Q4.27, by softmax's exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import INT32_MAX, quantize_multiplier, requantize, rounding_shift_right
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops.softmax import exp_of_negative, newton_reciprocal

_INPUT_BITS = 4


def _logistic(x: Array) -> Array:
    """x in Q4.27 to Q0.31."""
    half_of_sum = (exp_of_negative(-np.abs(x), integer_bits=_INPUT_BITS) + INT32_MAX + 1) >> 1
    of_positive = newton_reciprocal(half_of_sum)
    return np.where(x == 0, 1 << 30, np.where(x > 0, of_positive, INT32_MAX - of_positive))


@operator("LOGISTIC")
@dataclass(frozen=True, slots=True)
class Logistic(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Logistic:
        return cls()

    def _table(self, on: Operands) -> Array:
        """Answers for -128..127."""
        real = on.quant(on.input(0)).scale * (1 << (31 - _INPUT_BITS))
        try:
            multiplier, shift = quantize_multiplier(real)
        except ValueError as error:
            raise Refusal(f"the input's scale gives {error}", remedy="calibrate with real data") from None
        if shift < 0:
            raise Refusal("the input's scale is too small", remedy="calibrate with real data")
        radius = (((1 << _INPUT_BITS) - 1) << (31 - _INPUT_BITS)) >> shift
        centred = np.arange(-128, 128, dtype=np.int64) - on.quant(on.input(0)).zero_point
        inside = np.abs(centred) < radius
        q0 = _logistic(requantize(np.where(inside, centred, 0), multiplier, shift))
        y = np.clip(rounding_shift_right(q0, 31 - 8) - 128, -128, 127)
        return np.where(inside, y, np.where(centred > 0, 127, -128)).astype(np.int8)

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        out = on.quant(on.output)
        if (out.scale, out.zero_point) != (1 / 256, -128):
            raise Refusal("the output must have scale 1/256 and zero point -128", unsupported=True)
        self._table(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        result: Array = self._table(on)[x.astype(np.int64) + 128]
        return (result,)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        return KernelCall(
            kernel="lookup_s8",
            header="lookup/lookup.h",
            struct="stator_lookup",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(("table", Constant("table", "int8_t", self._table(on))), ("elements", on.output.type.elements)),
        )
