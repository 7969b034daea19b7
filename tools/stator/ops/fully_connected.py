"""FULLY_CONNECTED: each output is the dot product of a row of weights with the input. Per-tensor or per-channel weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, Tensor, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._activation import Activation
from stator.ops._channels import held_by_bias, narrowed_weights, read_by, rescaled
from stator.ops._grouped import grouped_call, real_outputs, real_sums
from stator.ops._types import QUANTIZED, one_type
from stator.ops._weights import (
    bias_values,
    channel_multipliers,
    ends,
    output_range,
    products_fit,
    real_weights,
    rescale,
    symmetric,
    tables,
    types,
)
from stator.ops._window import Axis


@operator("FULLY_CONNECTED", options="FullyConnectedOptions")
@dataclass(frozen=True, slots=True)
class FullyConnected(Operator):
    activation: Activation
    keep_dims: bool

    @classmethod
    def from_tflite(cls, options: Options) -> FullyConnected:
        if options.integer("WeightsFormat") != 0:
            raise Refusal("shuffled weights", remedy="convert without the SHUFFLED4x16INT8 weights format", unsupported=True)
        return cls(Activation.from_tflite(options), options.flag("KeepNumDims"))

    def check(self, on: Operands) -> None:
        weights = on.constant(1, "weights")
        dtype = one_type(on, (on.input(0), on.output), (*QUANTIZED, DType.FLOAT32))
        if weights.ndim != 2:
            raise Refusal(f"weights have {weights.ndim} dimensions, and 2 are needed")
        if dtype is DType.FLOAT32:
            real_weights(on, len(weights))
            return
        symmetric(on, 0, (DType.INT8, DType.INT4) if dtype is DType.INT8 else (DType.INT8,))
        bias = bias_values(on, channels=weights.shape[0])
        products_fit(on, weights, bias, self._multipliers(on))
        self._check_bias_scale(on)
        output_range(on, self.activation)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        units, depth = on.input(1).type.shape
        x = on.input(0).type
        if depth == 0 or x.elements % depth != 0:
            raise Refusal(f"{x.elements} input elements are not rows of {depth}")
        if self.keep_dims:
            if x.shape[-1] != depth:
                raise Refusal(f"the last dimension is {x.shape[-1]}, and {depth} is needed")
            shape = (*x.shape[:-1], units)
        else:
            shape = (x.elements // depth, units)
        return (TensorType(shape, x.dtype, on.output.type.quant),)

    def _check_bias_scale(self, on: Operands) -> None:
        """With one scale, the bias must have the scale of the products, to a fiftieth of the output's step."""
        bias, weights = on.optional(2), on.input(1).type.quant
        if bias is None or weights is None or len(weights.scales) != 1:
            return
        product = on.quant(on.input(0)).scale * weights.scale
        have = bias.type.quant.scale if bias.type.quant is not None else 0.0
        if abs(product - have) / on.quant(on.output).scale > 0.02:
            raise Refusal(f"bias '{bias.name}' has scale {have:g}, and input times weights has {product:g}")

    def _multipliers(self, on: Operands) -> tuple[Array, Array]:
        # With one scale the product of input and weight scale is rounded to float32; with a scale per channel it is not.
        return channel_multipliers(on, channels=on.input(1).type.shape[0], product_in_float32=True)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        weights = on.constant(1, "weights")
        if x.dtype == np.float32:
            sums = real_sums(x.reshape(-1, 1, weights.shape[1]), weights)
            return (real_outputs(on, sums, bias_values(on, len(weights)), self.activation),)
        rows = x.reshape(-1, weights.shape[1]).astype(np.int64) - on.quant(on.input(0)).zero_point
        acc = (rows.astype(np.float64) @ weights.astype(np.float64).T).astype(np.int64)
        return (rescale(on, acc, len(weights), self._multipliers(on), self.activation),)

    def _by_channel(self, on: Operands, x: Bounds) -> Array | None:
        """The weights as [units, positions, channels of input 0]; None of floats, or where a row of the input is less than an axis."""
        weights = on.constant(1, "weights")
        if weights.dtype == np.float32:
            return None
        return weights.reshape(len(weights), -1, len(x.low)) if weights.shape[1] % len(x.low) == 0 else None

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        weights = None if x is None else self._by_channel(on, x)
        if x is None or weights is None:
            return Operator.bounds(self, on, *inputs)
        low, high = output_range(on, self.activation)
        if on.input(0).type.dtype is not DType.INT8:
            return (Bounds.whole(on.output.type).clipped(low, high),)
        acc, bias = x.products(weights, on.quant(on.input(0)).zero_point, padded=False), bias_values(on, len(weights))
        acc = acc if bias is None else acc.through(lambda total: total + bias)
        return (rescaled(acc, *self._multipliers(on), on.quant(on.output).zero_point, low, high),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        x = bounds[0]
        weights = None if x is None else self._by_channel(on, x)
        if x is None or weights is None:
            return Operator.keeps(self, on, bounds, inputs, outputs)
        return [inputs[0] | read_by(weights, outputs[0], held_by_bias(on, x, padded=False)), *inputs[1:]], outputs

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        x = bounds[0]
        weights = None if x is None else self._by_channel(on, x)
        if x is None or weights is None:
            return self, {}
        cut = weights[outputs[0]][..., inputs[0]].reshape(int(outputs[0].sum()), -1)
        return self, narrowed_weights(on, weights, x, inputs[0], outputs[0], cut, axis=0)

    def macs(self, on: Operands) -> int:
        return on.output.type.elements * on.input(1).type.shape[1]

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        weights = on.constant(1, "weights")
        rows, dtype = on.input(0).type.elements // weights.shape[1], on.input(0).type.dtype
        multipliers = None if dtype is DType.FLOAT32 else self._multipliers(on)
        if multipliers is None or dtype is DType.INT16:
            one_row = Axis(1, 1, 1, 1, 0, 1), Axis(rows, 1, 1, 1, 0, rows)
            return grouped_call(node, on, weights, multipliers, self.activation, one_row, weights.shape[1], len(weights))
        return KernelCall(
            kernel=f"fully_connected_{types(on)}",
            header="fully_connected/fully_connected.h",
            struct="stator_fully_connected",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                *tables(on, len(weights), multipliers),
                ("per_channel", int(len(multipliers[0]) > 1)),
                ("rows", rows),
                ("depth", weights.shape[1]),
                ("units", weights.shape[0]),
                *ends(on, self.activation),
            ),
        )
