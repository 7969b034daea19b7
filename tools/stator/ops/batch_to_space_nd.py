"""BATCH_TO_SPACE_ND: batches become the places in the blocks of an image, which is cropped."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Refusal, operator
from stator.ops._blocks import batch_views, block_vector, edges
from stator.ops._copy import Copy, Part
from stator.ops._window import image


@operator("BATCH_TO_SPACE_ND", options="BatchToSpaceNDOptions")
@dataclass(frozen=True, slots=True)
class BatchToSpaceND(Copy):
    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        batch, height, width, channels = image(on.input(0))
        blocks, ((top, bottom), (left, right)) = block_vector(on), edges(on, "the crops")
        rows, columns = height * blocks[0] - top - bottom, width * blocks[1] - left - right
        if batch % (blocks[0] * blocks[1]) or rows < 1 or columns < 1:
            raise Refusal(f"{batch} batches of {height}x{width} in blocks of {blocks[0]}x{blocks[1]}")
        return ((batch // (blocks[0] * blocks[1]), rows, columns, channels),)

    def parts(self, on: Operands) -> list[Part]:
        (top, _), (left, _) = edges(on, "the crops")
        views = batch_views(on, self.shapes(on)[0], image(on.input(0)), (top, left))
        return [Part(to, source) for to, source in views]
