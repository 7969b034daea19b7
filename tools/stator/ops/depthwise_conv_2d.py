"""DEPTHWISE_CONV_2D: `multiplier` filters per input channel; output channel c sees input channel c // multiplier only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, Tensor
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._activation import Activation
from stator.ops._channels import cut_bias, cut_weights
from stator.ops._convolution import Convolution
from stator.ops._window import Padding, image, patches, step


@operator("DEPTHWISE_CONV_2D", options="DepthwiseConv2DOptions")
@dataclass(frozen=True, slots=True)
class DepthwiseConv2D(Convolution):
    kernel_name: ClassVar[str] = "depthwise_conv2d"
    channels_axis: ClassVar[int] = 3
    run_axes: ClassVar[int] = 1

    multiplier: int

    @classmethod
    def from_tflite(cls, options: Options) -> DepthwiseConv2D:
        return cls(*cls.window(options), Padding.from_tflite(options), Activation.from_tflite(options), step(options, "DepthMultiplier"))

    def rows(self, on: Operands) -> Array:
        weights = on.constant(1, "weights")
        one, _, _, channels = image(on.input(1))
        depth = image(on.input(0))[3]
        if one != 1 or channels != depth * self.multiplier:
            raise Refusal(f"weights {list(weights.shape)} do not give {self.multiplier} filters for each of {depth} channels")
        return weights.reshape(-1, channels).T

    def channels_field(self, on: Operands) -> tuple[str, int]:
        return "depth_multiplier", self.multiplier

    def check(self, on: Operands) -> None:
        Convolution.check(self, on)
        bias = on.optional(2)
        if on.input(0).type.dtype is DType.INT16 and bias is not None and bias.type.dtype is not DType.INT64:
            raise Refusal(f"bias '{bias.name}' is {bias.type.dtype.value}, and INT64 is needed", unsupported=True)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        """INT4 weights may also be widened: they are few here, and cores have faster kernels for INT8."""
        call = Convolution.kernel(self, node, on)
        if on.input(1).type.dtype is not DType.INT4:
            return call
        wide = replace(on.input(1), type=replace(on.input(1).type, dtype=DType.INT8))
        return replace(call, instead=Convolution.kernel(self, node, Operands((on.input(0), wide, *on.inputs[2:]), on.outputs)))

    def by_channel(self) -> bool:
        return self.multiplier == 1

    def filters(self, on: Operands) -> int:
        return self.multiplier

    def sums(self, on: Operands, x: Array) -> Array:
        zero_point = on.quant(on.input(0)).zero_point
        taps = np.repeat(patches(x, *self.axes(on), zero_point) - zero_point, self.multiplier, axis=-1)
        result: Array = (taps * on.constant(1, "weights")[0].astype(np.int64)).sum(axis=(3, 4))
        return result

    def taps(self, on: Operands, x: Array) -> Array:
        windows = np.repeat(patches(x, *self.axes(on), 0), self.multiplier, axis=-1)
        return np.moveaxis(windows.reshape(*windows.shape[:3], -1, windows.shape[5]), 3, 4)

    def sum_bounds(self, on: Operands, x: Bounds) -> Bounds:
        each = Bounds(np.repeat(x.low, self.multiplier)[:, None], np.repeat(x.high, self.multiplier)[:, None])
        return each.products(self.rows(on)[:, :, None], on.quant(on.input(0)).zero_point, padded=self.padded(on))

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
