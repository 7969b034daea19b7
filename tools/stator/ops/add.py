"""ADD of two tensors that broadcast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import Array, operator
from stator.ops._sum import Sum


@operator("ADD", options="AddOptions")
@dataclass(frozen=True, slots=True)
class Add(Sum):
    kernel_name: ClassVar[str] = "add"
    sign: ClassVar[int] = 1

    def real(self, a: Array, b: Array) -> Array:
        return a + b
