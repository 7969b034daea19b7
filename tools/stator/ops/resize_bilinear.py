"""RESIZE_BILINEAR: each pixel is blended of the four that surround it; for INT8 in parts of 1,024."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node
from stator.ops import Array, Constant, KernelCall, Operands, Refusal, operator
from stator.ops._resize import Line, Resize
from stator.ops._types import SUFFIXES

ONE = 1 << 10


@operator("RESIZE_BILINEAR", options="ResizeBilinearOptions")
@dataclass(frozen=True, slots=True)
class ResizeBilinear(Resize):
    def check(self, on: Operands) -> None:
        Resize.check(self, on)
        if self.align_corners and self.half_pixel_centers:
            raise Refusal("aligned corners and half-pixel centres exclude each other")

    def line(self, size: int, out: int, dtype: DType) -> Line:
        corners = self.align_corners and out > 1
        span, steps = (size - 1, out - 1) if corners else (size, out)
        if dtype is DType.FLOAT32:
            scale = np.float32(span) / np.float32(steps)
            at = np.arange(out, dtype=np.float32)
            real = (at + np.float32(0.5)) * scale - np.float32(0.5) if self.half_pixel_centers else at * scale
            low = np.maximum(np.floor(real).astype(np.int64), 0)
            return Line(low, np.minimum(np.ceil(real).astype(np.int64), size - 1), real - low.astype(np.float32))
        scale_10 = (ONE * span + steps // 2) // steps
        fixed = np.arange(out, dtype=np.int64) * scale_10
        if self.half_pixel_centers:
            fixed = fixed + scale_10 // 2 - ONE // 2
        low = np.maximum(fixed // ONE, 0)  # below 0 both roundings end at 0
        upper = fixed + ONE - 1
        high = np.minimum(np.where(upper < 0, -(-upper // ONE), upper // ONE), size - 1)
        return Line(low, high, fixed - ONE * low)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        rows, columns = self.lines(on)
        one = np.float32(1) if x.dtype == np.float32 else ONE
        wide = x if x.dtype == np.float32 else x.astype(np.int64)
        y, z = rows.share[:, None, None], columns.share[None, :, None]
        upper, lower = wide[:, rows.high], wide[:, rows.low]
        blend = lower[:, :, columns.low] * (one - y) * (one - z)
        blend = blend + upper[:, :, columns.low] * y * (one - z)
        blend = blend + lower[:, :, columns.high] * (one - y) * z
        blend = blend + upper[:, :, columns.high] * y * z
        if x.dtype == np.float32:
            return (blend + np.float32(0),)  # no negative zeros
        rounded = np.where(blend > 0, (blend + (1 << 19)) >> 20, -((-blend + (1 << 19)) >> 20))
        return (rounded.astype(np.int8),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        rows, columns = self.lines(on)
        dtype = on.output.type.dtype
        word, ctype, kind = ("share", "float", np.float32) if dtype is DType.FLOAT32 else ("part", "int32_t", np.int32)
        names = (f"row_{word}s", f"column_{word}s")
        shares = tuple((n, Constant(n, ctype, line.share.astype(kind))) for n, line in zip(names, (rows, columns), strict=True))
        return self.call(node, on, f"resize_bilinear_{SUFFIXES[dtype]}", shares)
