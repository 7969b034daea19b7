"""L2_NORMALIZATION over the last axis: each row divided by the root of its sum of squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import requantize
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._activation import Activation
from stator.ops._fixed_point import inverse_sqrt
from stator.ops._types import SUFFIXES, one_type

#: The sum of this many squares fits 32 bits.
MAX_DEPTH = 33025


@operator("L2_NORMALIZATION", options="L2NormOptions")
@dataclass(frozen=True, slots=True)
class L2Normalization(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> L2Normalization:
        if Activation.from_tflite(options) is not Activation.NONE:
            raise Refusal("a fused activation", remedy="put the activation behind the normalization", unsupported=True)
        return cls()

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.output), (DType.INT8, DType.FLOAT32))
        shape = on.input(0).type.shape
        if not shape or shape[-1] > MAX_DEPTH:
            raise Refusal(f"rows of shape {list(shape)}", remedy=f"use at most {MAX_DEPTH:,} elements", unsupported=True)
        if dtype is DType.INT8 and (on.quant(on.output).scale, on.quant(on.output).zero_point) != (1 / 128, 0):
            raise Refusal("the output must have scale 1/128 and zero point 0", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x = on.input(0).type
        return (TensorType(x.shape, x.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        if x.dtype == np.float32:
            with np.errstate(all="ignore"):
                squares = np.cumsum(x * x, axis=-1, dtype=np.float32)[..., -1:]
                return (x / np.maximum(np.sqrt(squares), np.float32(1e-6)),)
        centred = x.astype(np.int64) - on.quant(on.input(0)).zero_point
        multiplier, shift = inverse_sqrt((centred * centred).sum(axis=-1, keepdims=True))
        return (np.clip(requantize(centred, multiplier, shift + 7), -128, 127).astype(np.int8),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        depth, dtype = on.input(0).type.shape[-1], on.output.type.dtype
        return KernelCall(
            kernel=f"l2_normalization_{SUFFIXES[dtype]}",
            header="l2_normalization/l2_normalization.h",
            struct="stator_l2_normalization",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("rows", on.output.type.elements // depth),
                ("depth", depth),
                ("input_zero_point", on.quant(on.input(0)).zero_point if dtype is DType.INT8 else 0),
            ),
        )
