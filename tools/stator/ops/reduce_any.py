"""REDUCE_ANY of bools over any axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, Operands, operator
from stator.ops._reduce import Reduce


@operator("REDUCE_ANY", options="ReducerOptions")
@dataclass(frozen=True, slots=True)
class ReduceAny(Reduce):
    kernel_name: ClassVar[str] = "any"
    types: ClassVar[frozenset[DType]] = frozenset([DType.BOOL])

    def compute(self, on: Operands, rows: Array) -> Array:
        return np.asarray(rows.any(axis=1))
