"""SUB of two tensors that broadcast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import Array, operator
from stator.ops._sum import Sum


@operator("SUB", options="SubOptions")
@dataclass(frozen=True, slots=True)
class Sub(Sum):
    kernel_name: ClassVar[str] = "sub"
    sign: ClassVar[int] = -1

    def real(self, a: Array, b: Array) -> Array:
        return a - b
