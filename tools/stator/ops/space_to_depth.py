"""SPACE_TO_DEPTH: blocks of an image become channels."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._blocks import block_size, depth_views
from stator.ops._copy import Copy, Part
from stator.ops._window import image


@operator("SPACE_TO_DEPTH", options="SpaceToDepthOptions")
@dataclass(frozen=True, slots=True)
class SpaceToDepth(Copy):
    block: int

    @classmethod
    def from_tflite(cls, options: Options) -> SpaceToDepth:
        return cls(block_size(options))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        batch, height, width, channels = image(on.input(0))
        if height % self.block or width % self.block:
            raise Refusal(f"{height}x{width} is no multiple of {self.block}")
        return ((batch, height // self.block, width // self.block, channels * self.block**2),)

    def parts(self, on: Operands) -> list[Part]:
        source, to = depth_views(image(on.input(0)), self.shapes(on)[0], self.block)
        return [Part(to, source)]
