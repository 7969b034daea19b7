"""L2_POOL_2D of floats: the root of the mean of the squares in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator
from stator.ops._pool import Pool, clamped, summed


@operator("L2_POOL_2D", options="Pool2DOptions")
@dataclass(frozen=True, slots=True)
class L2Pool2D(Pool):
    kernel_name: ClassVar[str] = "l2_pool2d"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        with np.errstate(all="ignore"):
            total, count = summed(x * x, *self.axes(on))
            return (clamped(np.sqrt(total / count), *self.range(on)),)
