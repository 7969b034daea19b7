"""ADD of two activations of one shape: both are taken to a common scale with 20 bits of headroom, summed, and rescaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import quantize_multiplier, requantize
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops._activation import Activation, activation_range

LEFT_SHIFT = 20


@operator("ADD", options="AddOptions")
@dataclass(frozen=True, slots=True)
class Add(Operator):
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Add:
        return cls(Activation.from_tflite(options))

    def _scaling(self, on: Operands) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """(multiplier, shift) of both inputs and of the output; every shift is 0 or negative."""
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        common = 2 * max(a, b)
        ratios = (a / common, b / common, common / ((1 << LEFT_SHIFT) * y))
        if not all(0 < ratio < 1 for ratio in ratios):
            raise Refusal(f"scales {a} + {b} -> {y} are too far apart", remedy="calibrate with real data")
        first, second, out = (quantize_multiplier(ratio) for ratio in ratios)
        if max(first[1], second[1], out[1]) > 0:
            raise Refusal(f"scales {a} + {b} -> {y} are too far apart", remedy="calibrate with real data")
        return first, second, out

    def check(self, on: Operands) -> None:
        for position in (0, 1):
            if on.input(position).constant:
                raise Refusal("one operand is constant", remedy="fold the constant into the layer before", unsupported=True)
        int8(on, on.input(0), on.input(1), on.output)
        if on.input(0).type.shape != on.input(1).type.shape:
            raise Refusal(
                f"shapes {list(on.input(0).type.shape)} and {list(on.input(1).type.shape)} differ",
                remedy="add tensors of one shape (no broadcasting)",
                unsupported=True,
            )
        self._scaling(on)
        activation_range(self.activation, on.quant(on.output))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(on.input(0).type.shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        a, b = inputs
        assert a is not None and b is not None
        first, second, out = self._scaling(on)
        low, high = activation_range(self.activation, on.quant(on.output))
        total = requantize((a.astype(np.int64) - on.quant(on.input(0)).zero_point) << LEFT_SHIFT, *first) + requantize(
            (b.astype(np.int64) - on.quant(on.input(1)).zero_point) << LEFT_SHIFT, *second
        )
        y = requantize(total, *out) + on.quant(on.output).zero_point
        return (np.clip(y, low, high).astype(np.int8),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0), (1, 0))

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        first, second, out = self._scaling(on)
        low, high = activation_range(self.activation, on.quant(on.output))
        return KernelCall(
            kernel="add_s8",
            header="add/add.h",
            struct="stator_add",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0], node.inputs[1]),
            params=(
                ("elements", on.output.type.elements),
                ("a_zero_point", on.quant(on.input(0)).zero_point),
                ("a_multiplier", first[0]),
                ("a_shift", first[1]),
                ("b_zero_point", on.quant(on.input(1)).zero_point),
                ("b_multiplier", second[0]),
                ("b_shift", second[1]),
                ("output_zero_point", on.quant(on.output).zero_point),
                ("output_multiplier", out[0]),
                ("output_shift", out[1]),
                ("activation_min", low),
                ("activation_max", high),
            ),
        )
