"""How much flash and RAM an image takes, per section and per symbol. 1 KB = 1,024 B."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stator.measure.elf import Elf, Section, Symbol, read_elf

_LARGEST_FILL = 1024
"""A hole between two sections up to this size is alignment, and counts; a larger one is memory that is not used."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of an image.

    flash_bytes: all contents, initialised data's load image included, and the fill between sections. sram_bytes: all RAM that is
    reserved: .data, .bss, arena, DMA halves, every stack, kernel objects, and the fill between them; there is no heap.
    stack_bytes: the stacks' share of sram_bytes. *_fill_bytes: the fill's share.
    """

    flash_bytes: int
    sram_bytes: int
    stack_bytes: int
    flash_fill_bytes: int
    sram_fill_bytes: int
    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]

    def largest(self, count: int = 10, *, flash: bool) -> tuple[Symbol, ...]:
        """The largest symbols in flash (code and constants, initialised data too), or in RAM."""
        where = {s.name for s in self.sections if (s.in_flash if flash else s.in_ram)}
        inside = (s for s in self.symbols if s.section in where and s.bytes)
        return tuple(sorted(inside, key=lambda s: (-s.bytes, s.name))[:count])


def sizes(elf: Path | Elf) -> Sizes:
    """Reads the sizes of an image. Raises ToolError when it is no ELF file."""
    image = read_elf(elf) if isinstance(elf, Path) else elf
    flash, flash_fill = _extent([(s.load_address, s.bytes) for s in image.sections if s.in_flash])
    ram, ram_fill = _extent([(s.address, s.bytes) for s in image.sections if s.in_ram])
    stacks = {s.address: s.bytes for s in image.symbols if s.name.startswith("stator_stack_") and not s.code}
    return Sizes(flash, ram, sum(stacks.values()), flash_fill, ram_fill, image.sections, image.symbols)


def _extent(parts: list[tuple[int, int]]) -> tuple[int, int]:
    total = fill = 0
    end: int | None = None
    for at, bytes_ in sorted(parts):
        if end is not None and 0 < at - end <= _LARGEST_FILL:
            fill += at - end
        total += bytes_
        end = max(end or 0, at + bytes_)
    return total + fill, fill
