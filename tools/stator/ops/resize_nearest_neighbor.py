"""RESIZE_NEAREST_NEIGHBOR: each pixel is the nearest one of the input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node
from stator.ops import Array, KernelCall, Operands, operator
from stator.ops._resize import Line, Resize


@operator("RESIZE_NEAREST_NEIGHBOR", options="ResizeNearestNeighborOptions")
@dataclass(frozen=True, slots=True)
class ResizeNearestNeighbor(Resize):
    def line(self, size: int, out: int, dtype: DType) -> Line:
        corners = self.align_corners and out > 1
        scale = np.float32(size - 1) / np.float32(out - 1) if corners else np.float32(size) / np.float32(out)
        at = (np.arange(out, dtype=np.float32) + np.float32(0.5 if self.half_pixel_centers else 0)) * scale
        wide = at.astype(np.float64)
        nearest = np.trunc(wide + 0.5) if self.align_corners else np.floor(wide)
        index = np.minimum(nearest.astype(np.int64), size - 1)
        return Line(index, index, np.zeros(out, dtype=np.int64))

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        rows, columns = self.lines(on)
        return (np.ascontiguousarray(x[:, rows.low][:, :, columns.low]),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        return self.call(node, on, "resize_nearest_any")
