"""SIN of floats, by the C library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import DType
from stator.libm import libm
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("SIN")
@dataclass(frozen=True, slots=True)
class Sin(Pointwise):
    kernel_name: ClassVar[str] = "sin"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = libm("sinf", x)
        return result
