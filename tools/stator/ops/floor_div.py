"""FLOOR_DIV: the quotient rounded down, of tensors that broadcast. An integer divided by 0 gives 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._plain import Plain


@operator("FLOOR_DIV", options="FloorDivOptions")
@dataclass(frozen=True, slots=True)
class FloorDiv(Plain):
    kernel_name: ClassVar[str] = "floor_div"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT32, DType.FLOAT32])

    def real(self, a: Array, b: Array) -> Array:
        if a.dtype == np.int64:
            return np.where(b == 0, 0, a // np.where(b == 0, 1, b))
        return np.floor(a.astype(np.float64) / b.astype(np.float64))
