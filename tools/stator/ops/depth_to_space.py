"""DEPTH_TO_SPACE: channels become blocks of an image."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ops import Operands, Options, Refusal, operator
from stator.ops._blocks import block_size, depth_views
from stator.ops._copy import Copy, Part
from stator.ops._window import image


@operator("DEPTH_TO_SPACE", options="DepthToSpaceOptions")
@dataclass(frozen=True, slots=True)
class DepthToSpace(Copy):
    block: int

    @classmethod
    def from_tflite(cls, options: Options) -> DepthToSpace:
        return cls(block_size(options))

    def shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        batch, height, width, channels = image(on.input(0))
        if channels % self.block**2:
            raise Refusal(f"{channels} channels are no multiple of {self.block}x{self.block}")
        return ((batch, height * self.block, width * self.block, channels // self.block**2),)

    def parts(self, on: Operands) -> list[Part]:
        to, source = depth_views(self.shapes(on)[0], image(on.input(0)), self.block)
        return [Part(to, source)]
