"""AVERAGE_POOL_2D: the mean of a window, padding not counted; of integers rounded half away from zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._pool import Pool, clamped, summed
from stator.ops._window import patches


@operator("AVERAGE_POOL_2D", options="Pool2DOptions")
@dataclass(frozen=True, slots=True)
class AveragePool2D(Pool):
    kernel_name: ClassVar[str] = "average_pool2d"

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        rows, columns = self.axes(on)
        if x.dtype == np.float32:
            total, count = summed(x, rows, columns)
            return (clamped(total / count, *self.range(on)),)
        total = patches(x, rows, columns, 0).sum(axis=(3, 4))
        count = patches(np.ones_like(x), rows, columns, 0).sum(axis=(3, 4))
        # Half away from zero; the division truncates towards zero.
        y = np.where(total > 0, (total + count // 2) // count, -((-total + count // 2) // count))
        return (np.clip(y, *self.range(on)).astype(x.dtype),)
