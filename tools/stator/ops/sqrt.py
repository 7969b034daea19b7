"""SQRT of floats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("SQRT")
@dataclass(frozen=True, slots=True)
class Sqrt(Pointwise):
    kernel_name: ClassVar[str] = "sqrt"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = np.sqrt(x)
        return result
