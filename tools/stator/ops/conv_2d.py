"""CONV_2D: every output channel sees every input channel through a window. Per-tensor or per-channel weights, dilation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Tensor
from stator.ops import Array, Operands, Operator, Refusal, operator
from stator.ops._channels import held_by_bias, narrowed_weights, read_by
from stator.ops._convolution import Convolution
from stator.ops._window import image, patches


@operator("CONV_2D", options="Conv2DOptions")
@dataclass(frozen=True, slots=True)
class Conv2D(Convolution):
    kernel_name: ClassVar[str] = "conv2d"
    channels_axis: ClassVar[int] = 0
    run_axes: ClassVar[int] = 3

    def rows(self, on: Operands) -> Array:
        channels, _, _, depth = image(on.input(1))
        if image(on.input(0))[3] != depth:
            raise Refusal(
                f"{image(on.input(0))[3]} input channels and weights for {depth}", remedy="use no groups (groups = 1)", unsupported=True
            )
        return on.constant(1, "weights").reshape(channels, -1)

    def channels_field(self, on: Operands) -> tuple[str, int]:
        return "out_c", self.channels(on)

    def filters(self, on: Operands) -> int:
        return self.channels(on)

    def sums(self, on: Operands, x: Array) -> Array:
        weights, zero_point = self.rows(on), on.quant(on.input(0)).zero_point
        taps = (patches(x, *self.axes(on), zero_point) - zero_point).reshape(-1, weights.shape[1])
        # Exact: sums stay far below 2^53, and float64 products are the fast ones in NumPy.
        result: Array = (taps.astype(np.float64) @ weights.astype(np.float64).T).astype(np.int64)
        return result

    def taps(self, on: Operands, x: Array) -> Array:
        windows = patches(x, *self.axes(on), 0)
        return windows.reshape(*windows.shape[:3], 1, -1)

    def sum_bounds(self, on: Operands, x: Bounds) -> Bounds:
        weights = self.rows(on).reshape(self.channels(on), -1, len(x.low))
        return x.products(weights, on.quant(on.input(0)).zero_point, padded=self.padded(on))

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        x = bounds[0]
        if x is None or on.input(0).type.dtype is DType.FLOAT32:
            return Operator.keeps(self, on, bounds, inputs, outputs)
        weights = on.constant(1, "weights").reshape(len(outputs[0]), -1, len(x.low))
        read = read_by(weights, outputs[0], held_by_bias(on, x, padded=self.padded(on)))
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
