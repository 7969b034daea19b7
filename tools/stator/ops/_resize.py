"""What the two resizes share: sizes, and where an output pixel lies among the input's."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Self

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, Value, same_quant
from stator.ops._types import one_type
from stator.ops._window import image


@dataclass(frozen=True, slots=True)
class Line:
    """Along one direction, per output pixel: the pixels below and above, and the share of the one above (int64 or float32)."""

    low: Array
    high: Array
    share: Array


@dataclass(frozen=True, slots=True)
class Resize(Operator):
    align_corners: bool
    half_pixel_centers: bool

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls(options.flag("AlignCorners"), options.flag("HalfPixelCenters"))

    @abc.abstractmethod
    def line(self, size: int, out: int, dtype: DType) -> Line:
        """`size` pixels as `out` pixels."""

    def check(self, on: Operands) -> None:
        if one_type(on, (on.input(0), on.output), (DType.INT8, DType.FLOAT32)) is DType.INT8:
            same_quant(on, on.input(0), on.output)
        image(on.input(0))
        self.sizes(on)

    def sizes(self, on: Operands) -> tuple[int, int]:
        sizes = on.integers(1, "the new sizes")
        if len(sizes) != 2 or not all(1 <= s <= 1 << 15 for s in (*sizes, *image(on.input(0))[1:3])):
            raise Refusal(f"sizes {list(sizes)} of {list(on.input(0).type.shape)}", remedy="use a height and a width of at most 32,768")
        return sizes[0], sizes[1]

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        batch, _, _, channels = image(on.input(0))
        return (TensorType((batch, *self.sizes(on), channels), on.input(0).type.dtype, on.output.type.quant),)

    def lines(self, on: Operands) -> tuple[Line, Line]:
        """Rows and columns."""
        _, height, width, _ = image(on.input(0))
        out_h, out_w = self.sizes(on)
        dtype = on.input(0).type.dtype
        return self.line(height, out_h, dtype), self.line(width, out_w, dtype)

    def call(self, node: Node, on: Operands, kernel: str, shares: tuple[tuple[str, Value], ...] = ()) -> KernelCall:
        batch, height, width, channels = image(on.input(0))
        out_h, out_w = self.sizes(on)
        rows, columns = self.lines(on)

        def pairs(name: str, line: Line) -> Constant:
            return Constant(name, "int32_t", np.stack([line.low, line.high], axis=1).astype(np.int32))

        return KernelCall(
            kernel=kernel,
            header="resize/resize.h",
            struct="stator_resize",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("batches", batch),
                ("in_h", height),
                ("in_w", width),
                ("out_h", out_h),
                ("out_w", out_w),
                ("channels", channels),
                ("element_bytes", on.output.type.dtype.bytes),
                ("rows", pairs("rows", rows)),
                ("columns", pairs("columns", columns)),
                *shares,
            ),
        )
