"""EXP, by the C library; of INT8 by a table of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.libm import libm
from stator.ops import Array, operator
from stator.ops._pointwise import Pointwise


@operator("EXP", options="ExpOptions")
@dataclass(frozen=True, slots=True)
class Exp(Pointwise):
    kernel_name: ClassVar[str] = "exp"

    def real(self, x: Array) -> Array:
        result: Array = libm("expf", x)
        return result
