"""CONV_2D: every output channel sees every input channel through a window. Per-tensor or per-channel weights, dilation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, Tensor, TensorType
from stator.numerics import requantize
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._channels import held_by_bias, narrowed_weights, read_by, rescaled
from stator.ops._overlap import window_overlap
from stator.ops._weights import accumulator_fits, bias_values, channel_multipliers, symmetric
from stator.ops._window import Axis, Margins, Padding, axes, image, patches, step, strip, widened


@operator("CONV_2D", options="Conv2DOptions")
@dataclass(frozen=True, slots=True)
class Conv2D(Operator):
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: Padding | Margins
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Conv2D:
        return cls(
            (step(options, "StrideH"), step(options, "StrideW")),
            (step(options, "DilationHFactor"), step(options, "DilationWFactor")),
            Padding.from_tflite(options),
            Activation.from_tflite(options),
        )

    def _axes(self, on: Operands) -> tuple[Axis, Axis]:
        _, kernel_h, kernel_w, _ = image(on.input(1))
        return axes(on.input(0), (kernel_h, kernel_w), self.stride, self.dilation, self.padding)

    def with_border(self, on: Operands, rows: tuple[int, int], columns: tuple[int, int]) -> Operator | None:
        vertical, horizontal = (widened(axis, by) for axis, by in zip(self._axes(on), (rows, columns), strict=True))
        if vertical is None or horizontal is None:
            return None
        return replace(self, padding=Margins(*vertical, *horizontal))

    def for_rows(self, on: Operands, first: int, end: int) -> tuple[int, int, Operator] | None:
        found = strip(*self._axes(on), first, end)
        return None if found is None else (found[0], found[1], replace(self, padding=found[2]))

    def check(self, on: Operands) -> None:
        weights = on.constant(1, "weights")
        int8(on, on.input(0), on.output)
        channels, _, _, depth = image(on.input(1))
        if image(on.input(0))[3] != depth:
            raise Refusal(
                f"{image(on.input(0))[3]} input channels and weights for {depth}", remedy="use no groups (groups = 1)", unsupported=True
            )
        symmetric(on, channels_axis=0)
        bias = bias_values(on, channels)
        accumulator_fits(weights.reshape(channels, -1), bias, on.quant(on.input(0)).zero_point)
        channel_multipliers(on, channels)
        activation_range(self.activation, on.quant(on.output))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        rows, columns = self._axes(on)
        return (TensorType((image(on.input(0))[0], rows.out, columns.out, image(on.input(1))[0]), DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        weights = on.constant(1, "weights")
        channels = weights.shape[0]
        bias = bias_values(on, channels)
        multiplier, shift = channel_multipliers(on, channels)
        low, high = activation_range(self.activation, on.quant(on.output))
        zero_point = on.quant(on.input(0)).zero_point
        rows, columns = self._axes(on)
        taps = (patches(x, rows, columns, zero_point) - zero_point).reshape(-1, weights[0].size)
        # Exact: sums stay far below 2^53, and float64 products are the fast ones in NumPy.
        acc = (taps.astype(np.float64) @ weights.reshape(channels, -1).astype(np.float64).T).astype(np.int64)
        if bias is not None:
            acc = acc + bias
        y = requantize(acc, multiplier, shift) + on.quant(on.output).zero_point
        return (np.clip(y, low, high).astype(np.int8).reshape(on.output.type.shape),)

    def _padded(self, on: Operands) -> bool:
        return any(axis.padded for axis in self._axes(on))

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        assert x is not None
        channels = image(on.input(1))[0]
        weights, bias = on.constant(1, "weights").reshape(channels, -1, len(x.low)), bias_values(on, channels)
        acc = x.products(weights, on.quant(on.input(0)).zero_point, padded=self._padded(on))
        acc = acc if bias is None else acc.through(lambda total: total + bias)
        low, high = activation_range(self.activation, on.quant(on.output))
        return (rescaled(acc, *channel_multipliers(on, channels), on.quant(on.output).zero_point, low, high),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        x = bounds[0]
        assert x is not None
        weights = on.constant(1, "weights").reshape(len(outputs[0]), -1, len(x.low))
        read = read_by(weights, outputs[0], held_by_bias(on, x, padded=self._padded(on)))
        return [inputs[0] | read, *inputs[1:]], outputs

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        x, weights = bounds[0], on.constant(1, "weights")
        assert x is not None
        cut = weights[outputs[0]][..., inputs[0]]
        return self, narrowed_weights(on, weights.reshape(len(weights), -1, len(x.low)), x, inputs[0], outputs[0], cut, axis=0)

    def macs(self, on: Operands) -> int:
        return on.output.type.elements * (on.input(1).type.elements // on.input(1).type.shape[0])

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        weights = on.constant(1, "weights")
        channels, kernel_h, kernel_w, depth = image(on.input(1))
        bias = bias_values(on, channels)
        multiplier, shift = channel_multipliers(on, channels)
        low, high = activation_range(self.activation, on.quant(on.output))
        rows, columns = self._axes(on)
        return KernelCall(
            kernel="conv2d_s8",
            header="conv2d/conv2d.h",
            struct="stator_conv2d",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                ("weights", Constant("weights", "int8_t", weights)),
                ("bias", None if bias is None else Constant("bias", "int32_t", bias)),
                ("multiplier", Constant("multiplier", "int32_t", multiplier)),
                ("shift", Constant("shift", "int8_t", shift)),
                ("batches", image(on.input(0))[0]),
                ("in_h", rows.size),
                ("in_w", columns.size),
                ("in_c", depth),
                ("out_h", rows.out),
                ("out_w", columns.out),
                ("out_c", channels),
                ("kernel_h", kernel_h),
                ("kernel_w", kernel_w),
                ("stride_h", rows.stride),
                ("stride_w", columns.stride),
                ("dilation_h", rows.dilation),
                ("dilation_w", columns.dilation),
                ("pad_top", rows.before),
                ("pad_left", columns.before),
                ("backwards", 0),
                ("input_zero_point", on.quant(on.input(0)).zero_point),
                ("output_zero_point", on.quant(on.output).zero_point),
                ("activation_min", low),
                ("activation_max", high),
            ),
            overlaps=(window_overlap(rows, columns, depth, channels, image(on.input(0))[0]),),
        )
