"""FLOOR of floats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("FLOOR")
@dataclass(frozen=True, slots=True)
class Floor(Pointwise):
    kernel_name: ClassVar[str] = "floor"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = np.floor(x)
        return result
