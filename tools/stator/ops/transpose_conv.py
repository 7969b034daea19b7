"""TRANSPOSE_CONV: each input pixel adds its products with the weights to a window of the output. Per-tensor or per-channel weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._activation import Activation
from stator.ops._types import QUANTIZED, one_type
from stator.ops._weights import (
    bias_values,
    channel_multipliers,
    ends,
    limits,
    output_range,
    products_fit,
    rescale,
    symmetric,
    tables,
    wide,
)
from stator.ops._window import Axis, Padding, axis, image, step


@operator("TRANSPOSE_CONV", options="TransposeConvOptions")
@dataclass(frozen=True, slots=True)
class TransposeConv(Operator):
    """Inputs: the output's shape, weights [out, kernel rows, kernel columns, in], the image, and mostly a bias."""

    stride: tuple[int, int]
    padding: Padding
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> TransposeConv:
        strides = (step(options, "StrideH"), step(options, "StrideW"))
        return cls(strides, Padding.from_tflite(options), Activation.from_tflite(options))

    def _conv(self, on: Operands) -> Operands:
        """The operands in the order of a convolution: image, weights, bias."""
        return Operands((on.input(2), on.input(1), on.optional(3)), on.outputs)

    def _axes(self, on: Operands) -> tuple[Axis, Axis]:
        """The windows of the convolution from the output's image to the input's."""
        shape = on.integers(0, "the output's dimensions")
        if len(shape) != 4 or min(shape) < 1:
            raise Refusal(f"an output of {list(shape)}")
        _, kernel_h, kernel_w, _ = image(on.input(1))
        _, height, width, _ = image(on.input(2))
        rows = axis(shape[1], kernel_h, self.stride[0], 1, self.padding)
        columns = axis(shape[2], kernel_w, self.stride[1], 1, self.padding)
        if (rows.out, columns.out) != (height, width):
            raise Refusal(f"an output of {list(shape)} does not belong to an input of {height}x{width}")
        return rows, columns

    def check(self, on: Operands) -> None:
        weights, conv = on.constant(1, "weights"), self._conv(on)
        dtype = one_type(on, (on.input(2), on.output), QUANTIZED)
        if dtype is DType.INT16 and not wide(conv):
            raise Refusal(
                "a bias of INT32 beside INT16", remedy="convert with a current TensorFlow: its biases are INT64", unsupported=True
            )
        symmetric(conv, channels_axis=0)
        channels, _, _, depth = image(on.input(1))
        if depth != image(on.input(2))[3]:
            raise Refusal(f"weights {list(weights.shape)} do not fit an image of {list(on.input(2).type.shape)}")
        products_fit(conv, weights.reshape(channels, -1), bias_values(conv, channels), channel_multipliers(conv, channels))
        output_range(conv, self.activation)
        self._axes(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        rows, columns = self._axes(on)
        shape = (image(on.input(2))[0], rows.size, columns.size, image(on.input(1))[0])
        if shape != on.integers(0, "the output's dimensions"):
            raise Refusal(f"an output of {list(on.integers(0, 'the dimensions'))}, and {list(shape)} follows")
        return (TensorType(shape, on.input(2).type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x, weights = inputs[2], on.constant(1, "weights").astype(np.float64)
        assert x is not None
        conv, (rows, columns) = self._conv(on), self._axes(on)
        channels = len(weights)
        centred = x.astype(np.float64) - on.quant(on.input(2)).zero_point
        batch, height, width, _ = x.shape
        # Wide enough for every window, cut afterwards.
        whole = np.zeros((batch, (height - 1) * rows.stride + rows.kernel, (width - 1) * columns.stride + columns.kernel, channels))
        for ky in range(rows.kernel):
            for kx in range(columns.kernel):
                spread = whole[:, ky :: rows.stride, kx :: columns.stride][:, :height, :width]
                spread += centred @ weights[:, ky, kx].T
        acc = np.zeros(on.output.type.shape, dtype=np.int64)
        cut = whole[:, rows.before : rows.before + rows.size, columns.before : columns.before + columns.size]
        acc[:, : cut.shape[1], : cut.shape[2]] = cut.astype(np.int64)
        return (rescale(conv, acc, channels, channel_multipliers(conv, channels), self.activation),)

    def macs(self, on: Operands) -> int:
        return on.input(2).type.elements * (on.input(1).type.elements // image(on.input(1))[3])

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        weights, conv, (rows, columns) = on.constant(1, "weights"), self._conv(on), self._axes(on)
        batch, height, width, depth = image(on.input(2))
        name = "transpose_conv_s8" if on.output.type.dtype is DType.INT8 else "wide_transpose_conv_s16_s8"
        folder = name.partition("_s")[0]
        return KernelCall(
            kernel=name,
            header=f"{folder}/{folder}.h",
            struct=f"stator_{folder}",
            outputs=node.outputs,
            inputs=(node.inputs[2],),
            params=(
                *tables(conv, len(weights), channel_multipliers(conv, len(weights))),
                ("batches", batch),
                ("in_h", height),
                ("in_w", width),
                ("in_c", depth),
                ("out_h", rows.size),
                ("out_w", columns.size),
                ("out_c", len(weights)),
                ("kernel_h", rows.kernel),
                ("kernel_w", columns.kernel),
                ("stride_h", rows.stride),
                ("stride_w", columns.stride),
                ("pad_top", rows.before),
                ("pad_left", columns.before),
                *(ends(conv, self.activation) if folder == "transpose_conv" else limits(conv, self.activation)),
            ),
        )
