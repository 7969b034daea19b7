"""ROUND of floats to the nearest whole number, halves to the even one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("ROUND")
@dataclass(frozen=True, slots=True)
class Round(Pointwise):
    kernel_name: ClassVar[str] = "round"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        below = np.floor(x)
        over = x - below
        return np.where((over < 0.5) | ((over == 0.5) & (below % 2 == 0)), below, below + np.float32(1))
