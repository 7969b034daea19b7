"""TRANSPOSE: the dimensions in another order."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._copy import Copy, Part, View, axes_of


@operator("TRANSPOSE", options="TransposeOptions")
@dataclass(frozen=True, slots=True)
class Transpose(Copy):
    def _order(self, on: Operands) -> tuple[int, ...]:
        rank = len(on.input(0).type.shape)
        order = axes_of(on.integers(1, "the order of dimensions"), rank)
        if len(order) != rank:
            raise Refusal(f"an order of {len(order)} of {rank} dimensions")
        return order

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return (View.of(on.input(0).type.shape).permute(self._order(on)).sizes,)

    def parts(self, on: Operands) -> list[Part]:
        source = View.of(on.input(0).type.shape).permute(self._order(on))
        return [Part(View.of(source.sizes), source)]
