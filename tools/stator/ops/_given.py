"""CONSTANT: an output of the model that is known beforehand. No file has this operator; `stator.passes.fold_constants` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stator.ops import Operands
from stator.ops._copy import Copy, Part, View


@dataclass(frozen=True, slots=True)
class Given(Copy):
    """Copies a constant out of flash."""

    name: ClassVar[str] = "CONSTANT"

    def known(self, on: Operands) -> bool:
        return False

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (on.input(self.sources(on)[0]).type.shape,)

    def parts(self, on: Operands) -> list[Part]:
        whole = View.of(self.shapes(on)[0])
        return [Part(whole, whole)]
