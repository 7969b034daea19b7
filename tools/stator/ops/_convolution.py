"""What convolutions share: options, geometry, the check of weights and scales, and most of a kernel's parameters."""

from __future__ import annotations

import abc
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from stator.channels import Bounds
from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options
from stator.ops._activation import Activation
from stator.ops._channels import rescaled
from stator.ops._grouped import grouped_call, real_outputs, real_sums
from stator.ops._overlap import window_overlap
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
from stator.ops._window import Axis, Margins, Padding, axes, image, step, strip, widened


@dataclass(frozen=True, slots=True)
class Convolution(Operator):
    kernel_name: ClassVar[str]
    channels_axis: ClassVar[int]  # of the weights: their output channels
    run_axes: ClassVar[int]  # of INT4 weights: how many of the last axes together start a byte

    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: Padding | Margins
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls(*cls.window(options), Padding.from_tflite(options), Activation.from_tflite(options))

    @staticmethod
    def window(options: Options) -> tuple[tuple[int, int], tuple[int, int]]:
        """Stride and dilation."""
        return (
            (step(options, "StrideH"), step(options, "StrideW")),
            (step(options, "DilationHFactor"), step(options, "DilationWFactor")),
        )

    @abc.abstractmethod
    def rows(self, on: Operands) -> Array:
        """The weights by output channel: [channels, products]. Refuses weights that do not fit the image."""

    @abc.abstractmethod
    def taps(self, on: Operands, x: Array) -> Array:
        """What the weights are multiplied with: [batch, rows, columns, 1 or output channels, products]; padding is 0."""

    @abc.abstractmethod
    def sums(self, on: Operands, x: Array) -> Array:
        """The products' sums, without bias: int64 of the output's shape."""

    @abc.abstractmethod
    def channels_field(self, on: Operands) -> tuple[str, int]:
        """How the kernel is told the number of output channels."""

    @abc.abstractmethod
    def filters(self, on: Operands) -> int:
        """How many output channels, one after the other, see the same channels of the input."""

    def by_channel(self) -> bool:
        """Whether each channel of the output sees one channel of the input, its own."""
        return False

    def channels(self, on: Operands) -> int:
        """Output channels."""
        return image(on.input(1))[self.channels_axis]

    def axes(self, on: Operands) -> tuple[Axis, Axis]:
        _, kernel_h, kernel_w, _ = image(on.input(1))
        return axes(on.input(0), (kernel_h, kernel_w), self.stride, self.dilation, self.padding)

    def padded(self, on: Operands) -> bool:
        return any(axis.padded for axis in self.axes(on))

    def with_border(self, on: Operands, rows: tuple[int, int], columns: tuple[int, int]) -> Operator | None:
        vertical, horizontal = (widened(axis, by) for axis, by in zip(self.axes(on), (rows, columns), strict=True))
        if vertical is None or horizontal is None:
            return None
        return replace(self, padding=Margins(*vertical, *horizontal))

    def for_rows(self, on: Operands, first: int, end: int) -> tuple[int, int, Operator] | None:
        found = strip(*self.axes(on), first, end)
        return None if found is None else (found[0], found[1], replace(self, padding=found[2]))

    def check(self, on: Operands) -> None:
        on.constant(1, "weights")
        dtype = one_type(on, (on.input(0), on.output), (*QUANTIZED, DType.FLOAT32))
        channels, rows = self.channels(on), self.rows(on)
        if dtype is DType.FLOAT32:
            real_weights(on, channels)
            return
        symmetric(on, self.channels_axis, (DType.INT8, DType.INT4) if dtype is DType.INT8 else (DType.INT8,))
        products_fit(on, rows, bias_values(on, channels), channel_multipliers(on, channels))
        output_range(on, self.activation)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        rows, columns = self.axes(on)
        return (
            TensorType((image(on.input(0))[0], rows.out, columns.out, self.channels(on)), on.input(0).type.dtype, on.output.type.quant),
        )

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        channels = self.channels(on)
        if x.dtype == np.float32:
            return (real_outputs(on, real_sums(self.taps(on, x), self.rows(on)), bias_values(on, channels), self.activation),)
        return (rescale(on, self.sums(on, x), channels, channel_multipliers(on, channels), self.activation),)

    @abc.abstractmethod
    def sum_bounds(self, on: Operands, x: Bounds) -> Bounds:
        """Bounds of the products' sums, without bias."""

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x, dtype = inputs[0], on.input(0).type.dtype
        if x is None or dtype is DType.FLOAT32:
            return Operator.bounds(self, on, *inputs)
        low, high = output_range(on, self.activation)
        if dtype is DType.INT16:
            return (Bounds.whole(on.output.type).clipped(low, high),)
        channels, sums = self.channels(on), self.sum_bounds(on, x)
        bias = bias_values(on, channels)
        acc = sums if bias is None else sums.through(lambda total: total + bias)
        return (rescaled(acc, *channel_multipliers(on, channels), on.quant(on.output).zero_point, low, high),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        channels = self.channels(on)
        rows, columns = self.axes(on)
        batch, _, _, depth = image(on.input(0))
        if on.input(0).type.dtype is not DType.INT8:
            multipliers = None if on.input(0).type.dtype is DType.FLOAT32 else channel_multipliers(on, channels)
            return grouped_call(node, on, self.rows(on), multipliers, self.activation, (rows, columns), depth, self.filters(on))
        return KernelCall(
            kernel=f"{self.kernel_name}_{types(on)}",
            header=f"{self.kernel_name}/{self.kernel_name}.h",
            struct=f"stator_{self.kernel_name}",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                *tables(on, channels, channel_multipliers(on, channels), self.run_axes),
                ("batches", batch),
                ("in_h", rows.size),
                ("in_w", columns.size),
                ("in_c", depth),
                ("out_h", rows.out),
                ("out_w", columns.out),
                self.channels_field(on),
                ("kernel_h", rows.kernel),
                ("kernel_w", columns.kernel),
                ("stride_h", rows.stride),
                ("stride_w", columns.stride),
                ("dilation_h", rows.dilation),
                ("dilation_w", columns.dilation),
                ("pad_top", rows.before),
                ("pad_left", columns.before),
                ("backwards", 0),
                *ends(on, self.activation),
            ),
            overlaps=(window_overlap(rows, columns, depth, channels, batch, by_channel=self.by_channel()),),
        )
