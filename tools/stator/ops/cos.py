"""COS of floats, by the C library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import DType
from stator.libm import libm
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("COS", options="CosOptions")
@dataclass(frozen=True, slots=True)
class Cos(Pointwise):
    kernel_name: ClassVar[str] = "cos"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = libm("cosf", x)
        return result
