"""SPACE_TO_BATCH_ND: an image, with a border, is dealt out in blocks; each place in a block becomes a batch."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ir import DType
from stator.ops import Operands, Refusal, operator
from stator.ops._blocks import batch_views, block_vector, edges
from stator.ops._copy import Copy, Part
from stator.ops._window import image


@operator("SPACE_TO_BATCH_ND", options="SpaceToBatchNDOptions")
@dataclass(frozen=True, slots=True)
class SpaceToBatchND(Copy):
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        batch, height, width, channels = image(on.input(0))
        blocks, ((top, bottom), (left, right)) = block_vector(on), edges(on, "the paddings")
        rows, columns = height + top + bottom, width + left + right
        if rows % blocks[0] or columns % blocks[1]:
            raise Refusal(f"{rows}x{columns} is no multiple of {blocks[0]}x{blocks[1]}")
        return ((batch * blocks[0] * blocks[1], rows // blocks[0], columns // blocks[1], channels),)

    def border(self, on: Operands) -> int:
        return on.quant(on.output).zero_point & 0xFF if on.output.type.dtype is DType.INT8 else 0

    def parts(self, on: Operands) -> list[Part]:
        (top, _), (left, _) = edges(on, "the paddings")
        views = batch_views(on, image(on.input(0)), self.shapes(on)[0], (top, left))
        return [Part(to, source) for source, to in views]
