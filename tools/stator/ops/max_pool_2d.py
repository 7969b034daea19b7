"""MAX_POOL_2D: the largest value of a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._activation import activation_range
from stator.ops._pool import Pool
from stator.ops._window import patches


@operator("MAX_POOL_2D", options="Pool2DOptions")
@dataclass(frozen=True, slots=True)
class MaxPool2D(Pool):
    kernel_name: ClassVar[str] = "max_pool2d"

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        y = patches(x, *self.axes(on), -128).max(axis=(3, 4))
        low, high = activation_range(self.activation, on.quant(on.output))
        return (np.clip(y, low, high).astype(np.int8),)
