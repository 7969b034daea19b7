"""LOGICAL_OR of two bool tensors that broadcast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._plain import Plain


@operator("LOGICAL_OR", options="LogicalOrOptions")
@dataclass(frozen=True, slots=True)
class LogicalOr(Plain):
    kernel_name: ClassVar[str] = "logical_or"
    types: ClassVar[frozenset[DType]] = frozenset([DType.BOOL])

    def real(self, a: Array, b: Array) -> Array:
        return np.logical_or(a, b)
