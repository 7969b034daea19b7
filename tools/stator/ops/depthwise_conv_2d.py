"""DEPTHWISE_CONV_2D: `multiplier` filters per input channel; output channel c sees input channel c // multiplier only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, Tensor, TensorType
from stator.numerics import requantize
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, int8, operator
from stator.ops._activation import Activation, activation_range
from stator.ops._channels import cut_bias, cut_weights, rescaled
from stator.ops._overlap import window_overlap
from stator.ops._weights import accumulator_fits, bias_values, channel_multipliers, symmetric
from stator.ops._window import Axis, Margins, Padding, axes, image, patches, step, strip, widened


@operator("DEPTHWISE_CONV_2D", options="DepthwiseConv2DOptions")
@dataclass(frozen=True, slots=True)
class DepthwiseConv2D(Operator):
    stride: tuple[int, int]
    dilation: tuple[int, int]
    multiplier: int
    padding: Padding | Margins
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> DepthwiseConv2D:
        return cls(
            (step(options, "StrideH"), step(options, "StrideW")),
            (step(options, "DilationHFactor"), step(options, "DilationWFactor")),
            step(options, "DepthMultiplier"),
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
        one, _, _, channels = image(on.input(1))
        depth = image(on.input(0))[3]
        if one != 1 or channels != depth * self.multiplier:
            raise Refusal(f"weights {list(weights.shape)} do not give {self.multiplier} filters for each of {depth} channels")
        symmetric(on, channels_axis=3)
        bias = bias_values(on, channels)
        accumulator_fits(weights.reshape(-1, channels).T, bias, on.quant(on.input(0)).zero_point)
        channel_multipliers(on, channels)
        activation_range(self.activation, on.quant(on.output))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        rows, columns = self._axes(on)
        return (TensorType((image(on.input(0))[0], rows.out, columns.out, image(on.input(1))[3]), DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        weights = on.constant(1, "weights")
        channels = weights.shape[3]
        bias = bias_values(on, channels)
        multiplier, shift = channel_multipliers(on, channels)
        low, high = activation_range(self.activation, on.quant(on.output))
        zero_point = on.quant(on.input(0)).zero_point
        rows, columns = self._axes(on)
        taps = np.repeat(patches(x, rows, columns, zero_point) - zero_point, self.multiplier, axis=-1)
        acc = (taps * weights[0].astype(np.int64)).sum(axis=(3, 4))
        if bias is not None:
            acc = acc + bias
        y = requantize(acc, multiplier, shift) + on.quant(on.output).zero_point
        return (np.clip(y, low, high).astype(np.int8),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        assert x is not None
        channels = image(on.input(1))[3]
        weights, bias = on.constant(1, "weights").reshape(-1, channels).T[:, :, None], bias_values(on, channels)
        each = Bounds(np.repeat(x.low, self.multiplier)[:, None], np.repeat(x.high, self.multiplier)[:, None])
        acc = each.products(weights, on.quant(on.input(0)).zero_point, padded=any(axis.padded for axis in self._axes(on)))
        acc = acc if bias is None else acc.through(lambda total: total + bias)
        low, high = activation_range(self.activation, on.quant(on.output))
        return (rescaled(acc, *channel_multipliers(on, channels), on.quant(on.output).zero_point, low, high),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        both = inputs[0] | outputs[0].reshape(-1, self.multiplier).any(axis=1)
        return [both, *inputs[1:]], [np.repeat(both, self.multiplier)]

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        weights = on.constant(1, "weights")
        return self, {1: cut_weights(on, weights[..., outputs[0]], outputs[0], axis=3), **cut_bias(on, outputs[0])}

    def macs(self, on: Operands) -> int:
        _, kernel_h, kernel_w, _ = on.input(1).type.shape
        return on.output.type.elements * kernel_h * kernel_w

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        weights = on.constant(1, "weights")
        _, kernel_h, kernel_w, channels = image(on.input(1))
        bias = bias_values(on, channels)
        multiplier, shift = channel_multipliers(on, channels)
        low, high = activation_range(self.activation, on.quant(on.output))
        rows, columns = self._axes(on)
        batch, _, _, depth = image(on.input(0))
        return KernelCall(
            kernel="depthwise_conv2d_s8",
            header="depthwise_conv2d/depthwise_conv2d.h",
            struct="stator_depthwise_conv2d",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                ("weights", Constant("weights", "int8_t", weights)),
                ("bias", None if bias is None else Constant("bias", "int32_t", bias)),
                ("multiplier", Constant("multiplier", "int32_t", multiplier)),
                ("shift", Constant("shift", "int8_t", shift)),
                ("batches", batch),
                ("in_h", rows.size),
                ("in_w", columns.size),
                ("in_c", depth),
                ("out_h", rows.out),
                ("out_w", columns.out),
                ("depth_multiplier", self.multiplier),
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
            overlaps=(window_overlap(rows, columns, depth, channels, batch, by_channel=self.multiplier == 1),),
        )
