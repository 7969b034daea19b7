"""REDUCE_MIN over any axes; INT8 input and output have one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator
from stator.ops._reduce import Reduce


@operator("REDUCE_MIN", options="ReducerOptions")
@dataclass(frozen=True, slots=True)
class ReduceMin(Reduce):
    kernel_name: ClassVar[str] = "min"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.FLOAT32])

    def compute(self, on: Operands, rows: Array) -> Array:
        if rows.dtype == np.int8:
            whole: Array = rows.min(axis=1)
            return whole
        result = np.full(len(rows), np.finfo(np.float32).max)
        for column in rows.T:  # the first of equal ones: zeros have signs
            result = np.where(column < result, column, result)
        return result
