"""FLOOR_MOD: the remainder that has the divisor's sign, of tensors that broadcast. An integer modulo 0 is 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._plain import Plain


@operator("FLOOR_MOD", options="FloorModOptions")
@dataclass(frozen=True, slots=True)
class FloorMod(Plain):
    kernel_name: ClassVar[str] = "floor_mod"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT32, DType.FLOAT32])

    def real(self, a: Array, b: Array) -> Array:
        if a.dtype == np.int64:
            return np.where(b == 0, 0, a % np.where(b == 0, 1, b))
        rest = np.fmod(a, b)
        return np.where((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)
