"""MAX_POOL_2D: the largest value of a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._pool import Pool, clamped, taps
from stator.ops._window import patches


@operator("MAX_POOL_2D", options="Pool2DOptions")
@dataclass(frozen=True, slots=True)
class MaxPool2D(Pool):
    kernel_name: ClassVar[str] = "max_pool2d"

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        rows, columns = self.axes(on)
        if x.dtype == np.float32:
            most = np.full(on.output.type.shape, np.finfo(np.float32).min)
            for inside, value in taps(x, rows, columns):
                most = np.where(inside & (value > most), value, most)
            return (clamped(most, *self.range(on)),)
        y = patches(x, rows, columns, np.iinfo(x.dtype).min).max(axis=(3, 4))
        return (np.clip(y, *self.range(on)).astype(x.dtype),)
