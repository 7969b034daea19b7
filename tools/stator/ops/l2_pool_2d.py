"""L2_POOL_2D of floats: the root of the mean of the squares in a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._activation import Activation, real_range
from stator.ops._pool import MAX_WINDOW
from stator.ops._types import one_type
from stator.ops._window import Axis, Padding, axis, image, step


@operator("L2_POOL_2D", options="Pool2DOptions")
@dataclass(frozen=True, slots=True)
class L2Pool2D(Operator):
    size: tuple[int, int]
    stride: tuple[int, int]
    padding: Padding
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> L2Pool2D:
        return cls(
            (step(options, "FilterHeight"), step(options, "FilterWidth")),
            (step(options, "StrideH"), step(options, "StrideW")),
            Padding.from_tflite(options),
            Activation.from_tflite(options),
        )

    def _axes(self, on: Operands) -> tuple[Axis, Axis]:
        _, height, width, _ = image(on.input(0))
        return (
            axis(height, self.size[0], self.stride[0], 1, self.padding),
            axis(width, self.size[1], self.stride[1], 1, self.padding),
        )

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0), on.output), (DType.FLOAT32,))
        self._axes(on)
        if self.size[0] * self.size[1] > MAX_WINDOW:
            raise Refusal(f"a window of {self.size[0]}x{self.size[1]}", remedy=f"use at most {MAX_WINDOW:,} elements", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self._axes(on)
        return (TensorType((batch, rows.out, columns.out, channels), DType.FLOAT32, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        rows, columns = self._axes(on)
        total = np.zeros(on.output.type.shape, dtype=np.float32)
        count = np.zeros(on.output.type.shape, dtype=np.float32)
        for y in rows.positions().T:  # tap by tap, as the kernel does
            for z in columns.positions().T:
                inside = ((y >= 0) & (y < rows.size))[:, None, None] & ((z >= 0) & (z < columns.size))[None, :, None]
                value = x[:, y.clip(0, rows.size - 1)][:, :, z.clip(0, columns.size - 1)]
                total = np.where(inside, total + value * value, total)
                count = np.where(inside, count + np.float32(1), count)
        low, high = (np.float32(v) for v in real_range(self.activation))
        with np.errstate(all="ignore"):
            root = np.sqrt(total / count)
        return (np.where(root < low, low, np.where(root > high, high, root)),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self._axes(on)
        low, high = real_range(self.activation)
        return KernelCall(
            kernel="l2_pool2d_f32",
            header="l2_pool2d/l2_pool2d.h",
            struct="stator_l2_pool2d",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("batches", batch),
                ("in_h", rows.size),
                ("in_w", columns.size),
                ("channels", channels),
                ("out_h", rows.out),
                ("out_w", columns.out),
                ("kernel_h", rows.kernel),
                ("kernel_w", columns.kernel),
                ("stride_h", rows.stride),
                ("stride_w", columns.stride),
                ("pad_top", rows.before),
                ("pad_left", columns.before),
                ("activation_min", low),
                ("activation_max", high),
            ),
        )
