"""LOGICAL_NOT of bools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("LOGICAL_NOT", options="LogicalNotOptions")
@dataclass(frozen=True, slots=True)
class LogicalNot(Pointwise):
    kernel_name: ClassVar[str] = "logical_not"
    types: ClassVar[frozenset[DType]] = frozenset([DType.BOOL])

    def real(self, x: Array) -> Array:
        return np.logical_not(x)
