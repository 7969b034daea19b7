"""REDUCE_PROD of floats over any axes, in the input's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator
from stator.ops._reduce import Reduce


@operator("REDUCE_PROD", options="ReducerOptions")
@dataclass(frozen=True, slots=True)
class ReduceProd(Reduce):
    kernel_name: ClassVar[str] = "prod"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def compute(self, on: Operands, rows: Array) -> Array:
        with np.errstate(all="ignore"):
            result: Array = np.cumprod(rows, axis=1, dtype=np.float32)[:, -1]
        return result
