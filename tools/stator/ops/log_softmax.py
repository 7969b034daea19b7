"""LOG_SOFTMAX over the last axis, in fixed point: the distance to the row's maximum, less the log of the sum of exponentials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import INT32_MIN, doubling_high_mul, requantize, rounding_shift_right, wrap32
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops._fixed_point import exp_of_negative, log_of_at_least_one
from stator.ops._pairs import scaled_below_one
from stator.ops.softmax import MAX_DEPTH, Softmax


@operator("LOG_SOFTMAX", options="LogSoftmaxOptions")
@dataclass(frozen=True, slots=True)
class LogSoftmax(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> LogSoftmax:
        return cls()

    def _scaling(self, on: Operands) -> tuple[int, int, int, int, int]:
        """Multiplier and left shift that take a distance to Q5.26, the furthest one, and multiplier and shift of the way back."""
        multiplier, shift, furthest = Softmax(1.0).scaling(on)
        back = scaled_below_one(2.0 ** (31 - shift) / multiplier, "the input's scale and 1")
        return multiplier, shift, furthest, *back

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        if not on.input(0).type.shape or on.input(0).type.shape[-1] > MAX_DEPTH:
            raise Refusal(f"softmax over shape {list(on.input(0).type.shape)}", remedy=f"use 1..{MAX_DEPTH} classes", unsupported=True)
        out = on.quant(on.output)
        if (out.scale, out.zero_point) != (1 / 16, 127):
            raise Refusal("the output must have scale 1/16 and zero point 127", unsupported=True)
        self._scaling(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        multiplier, shift, furthest, back, back_shift = self._scaling(on)
        rows = x.reshape(-1, x.shape[-1]).astype(np.int64)
        distance = rows - rows.max(axis=1, keepdims=True)
        near = distance >= furthest
        fine = doubling_high_mul(np.where(near, distance, 0) << shift, multiplier)
        total = np.where(near, rounding_shift_right(exp_of_negative(fine, 5), 12), 0).sum(axis=1, keepdims=True)
        log_sum = log_of_at_least_one(total)
        last = np.maximum(requantize(log_sum + INT32_MIN, back, back_shift), furthest - 1)
        y = rounding_shift_right(wrap32(fine - log_sum), 31 - 5 - 4) + 127
        return (np.where(distance > last, np.clip(y, -128, 127), -128).astype(np.int8).reshape(x.shape),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        # Each element is read for the last time just before it is written.
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        multiplier, shift, furthest, back, back_shift = self._scaling(on)
        depth = on.input(0).type.shape[-1]
        return KernelCall(
            kernel="log_softmax_s8",
            header="log_softmax/log_softmax.h",
            struct="stator_log_softmax",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("rows", on.input(0).type.elements // depth),
                ("depth", depth),
                ("multiplier", multiplier),
                ("left_shift", shift),
                ("furthest", furthest),
                ("reverse_multiplier", back),
                ("reverse_shift", back_shift),
            ),
        )
