"""What the two poolings share; they differ in one reduction and in their kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, TensorType
from stator.ops import KernelCall, Operands, Operator, Options, Refusal, int8, same_quant
from stator.ops._activation import Activation, activation_range
from stator.ops._overlap import window_overlap
from stator.ops._window import Axis, Margins, Padding, axes, image, step, strip

#: Elements of a window: their sum stays far inside 32 bits.
MAX_WINDOW = 1 << 20


@dataclass(frozen=True, slots=True)
class Pool(Operator):
    kernel_name: ClassVar[str]

    size: tuple[int, int]
    stride: tuple[int, int]
    padding: Padding | Margins
    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls(
            (step(options, "FilterHeight"), step(options, "FilterWidth")),
            (step(options, "StrideH"), step(options, "StrideW")),
            Padding.from_tflite(options),
            Activation.from_tflite(options),
        )

    def axes(self, on: Operands) -> tuple[Axis, Axis]:
        return axes(on.input(0), self.size, self.stride, (1, 1), self.padding)

    def for_rows(self, on: Operands, first: int, end: int) -> tuple[int, int, Operator] | None:
        found = strip(*self.axes(on), first, end)
        return None if found is None else (found[0], found[1], replace(self, padding=found[2]))

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        same_quant(on, on.input(0), on.output)
        activation_range(self.activation, on.quant(on.output))
        if self.size[0] * self.size[1] > MAX_WINDOW:
            raise Refusal(f"a window of {self.size[0]}x{self.size[1]}", remedy=f"use at most {MAX_WINDOW:,} elements", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self.axes(on)
        return (TensorType((batch, rows.out, columns.out, channels), DType.INT8, on.output.type.quant),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        assert x is not None
        return (x.clipped(*activation_range(self.activation, on.quant(on.output))),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        return [inputs[0] | outputs[0]], [inputs[0] | outputs[0]]

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self.axes(on)
        low, high = activation_range(self.activation, on.quant(on.output))
        return KernelCall(
            kernel=f"{self.kernel_name}_s8",
            header=f"{self.kernel_name}/{self.kernel_name}.h",
            struct=f"stator_{self.kernel_name}",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
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
            overlaps=(window_overlap(rows, columns, channels, channels, batch, by_channel=True, backwards=False),),
        )
