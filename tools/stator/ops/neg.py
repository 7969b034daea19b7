"""NEG of floats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ir import DType
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("NEG", options="NegOptions")
@dataclass(frozen=True, slots=True)
class Neg(Pointwise):
    kernel_name: ClassVar[str] = "neg"
    types: ClassVar[frozenset[DType]] = frozenset([DType.FLOAT32])

    def real(self, x: Array) -> Array:
        result: Array = -x
        return result
