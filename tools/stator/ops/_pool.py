"""What the poolings share; they differ in one reduction and in their kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, same_quant
from stator.ops._activation import Activation, real_range
from stator.ops._grouped import windows_fields
from stator.ops._overlap import window_overlap
from stator.ops._types import SUFFIXES, one_type
from stator.ops._weights import output_range
from stator.ops._window import Axis, Margins, Padding, axes, image, step, strip

#: Elements of a window: their sum stays inside 32 bits.
MAX_WINDOW = {DType.INT8: 1 << 20, DType.INT16: (1 << 16) - 1, DType.FLOAT32: 1 << 20}


@dataclass(frozen=True, slots=True)
class Pool(Operator):
    kernel_name: ClassVar[str]
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT16, DType.FLOAT32])

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

    def range(self, on: Operands) -> tuple[float, float]:
        """Smallest and largest value that the activation lets through."""
        return real_range(self.activation) if on.output.type.dtype is DType.FLOAT32 else output_range(on, self.activation)

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.output), self.types)
        if dtype is not DType.FLOAT32:
            same_quant(on, on.input(0), on.output)
        self.range(on)
        if self.size[0] * self.size[1] > MAX_WINDOW[dtype]:
            remedy = f"use at most {MAX_WINDOW[dtype]:,} elements"
            raise Refusal(f"a window of {self.size[0]}x{self.size[1]}", remedy=remedy, unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self.axes(on)
        return (TensorType((batch, rows.out, columns.out, channels), on.input(0).type.dtype, on.output.type.quant),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        if x is None or on.output.type.dtype is DType.FLOAT32:
            return Operator.bounds(self, on, *inputs)
        return (x.clipped(*output_range(on, self.activation)),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        return [inputs[0] | outputs[0]], [inputs[0] | outputs[0]]

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        batch, _, _, channels = image(on.input(0))
        rows, columns = self.axes(on)
        low, high = self.range(on)
        dtype = on.output.type.dtype
        folder = {DType.INT8: self.kernel_name, DType.INT16: "wide_pool2d", DType.FLOAT32: "real_pool2d"}[dtype]
        size = dtype.bytes * channels
        return KernelCall(
            kernel=f"{self.kernel_name}_{SUFFIXES[dtype]}",
            header=f"{folder}/{folder}.h",
            struct="stator_real_pool2d" if dtype is DType.FLOAT32 else "stator_pool2d",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(*windows_fields(batch, rows, columns, channels), ("activation_min", low), ("activation_max", high)),
            overlaps=(window_overlap(rows, columns, size, size, batch, by_channel=True, backwards=False),),
        )


def taps(x: Array, rows: Axis, columns: Axis) -> Iterator[tuple[Array, Array]]:
    """Tap by tap of the window, as kernels go: where it lies in the image, and the values there, both for all of the output."""
    for y in rows.positions().T:
        for z in columns.positions().T:
            inside = ((y >= 0) & (y < rows.size))[:, None, None] & ((z >= 0) & (z < columns.size))[None, :, None]
            yield inside, x[:, y.clip(0, rows.size - 1)][:, :, z.clip(0, columns.size - 1)]


def summed(x: Array, rows: Axis, columns: Axis) -> tuple[Array, Array]:
    """Sums of floats over each window, in the order in which kernels add, and how many there were."""
    shape = (len(x), rows.out, columns.out, x.shape[3])
    total, count = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for inside, value in taps(x, rows, columns):
        total = np.where(inside, total + value, total)
        count = np.where(inside, count + np.float32(1), count)
    return total, count


def clamped(y: Array, low: float, high: float) -> Array:
    """Floats within a range."""
    least, most = np.float32(low), np.float32(high)
    result: Array = np.where(y < least, least, np.where(y > most, most, y))
    return result
