"""Estimated cycles: the instructions that QEMU ran, weighed by a table of the core. Never called cycles: those come from RTL.

A core has a model where this folder has a file of its name (`cortex_m4.py` for `cortex-m4`), with

    NAME: str                                 what the figure is named after, with its source
    def cycles(before, now) -> int            of an instruction, by the one before it in memory
    def taken(before, branch) -> int          what a branch takes more when it is taken

docs/measuring.md says how far the models are off.
"""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol, cast

from stator.cycles.instruction import Instruction, read
from stator.errors import ToolError
from stator.sim.blocks import Block

OBJDUMP = "arm-none-eabi-objdump"


class Model(Protocol):
    """The times of a core's instructions."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    def cycles(self, before: Instruction | None, now: Instruction) -> int: ...

    def taken(self, before: Instruction | None, branch: Instruction) -> int: ...


def model(core: str) -> Model | None:
    """The model of a core as board.yml names it; None where there is none."""
    name = core.replace("-", "_")
    if not (Path(__file__).parent / f"{name}.py").is_file() or not name.startswith("cortex"):
        return None
    return cast(Model, importlib.import_module(f"stator.cycles.{name}"))


def at_marks(elf: Path, by: Model, passes: Sequence[Sequence[Block]]) -> list[int]:
    """Estimated cycles from the start to each pass of the mark. `passes`: what ran before each, since the one before it.

    Raises ToolError where objdump is missing, or where blocks ran that are not in the image.
    """
    return list(accumulate(sum(_of(block, code, by) for block in blocks) for code in [_code(elf)] for blocks in passes))


def _of(block: Block, code: dict[int, tuple[Instruction, Instruction | None]], by: Model) -> int:
    each, last = 0, None
    for now, before in _inside(block, code):
        each, last = each + by.cycles(before, now), (before, now)
    return each * block.runs + (by.taken(*last) * block.jumps if last else 0)


def _inside(block: Block, code: dict[int, tuple[Instruction, Instruction | None]]) -> Iterator[tuple[Instruction, Instruction | None]]:
    at = block.at
    while at < block.at + block.bytes:
        if at not in code:
            raise ToolError(f"an instruction ran at {at:#010x}, and the image has none there")
        yield code[at]
        at += code[at][0].bytes


def _code(elf: Path) -> dict[int, tuple[Instruction, Instruction | None]]:
    """Every instruction by its address, with the one right before it in memory, where that goes on to it."""
    try:
        done = subprocess.run([OBJDUMP, "-dz", str(elf)], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolError(f"{OBJDUMP} failed on {elf.name}: {error}", remedy="apt-get install gcc-arm-none-eabi") from None
    found: dict[int, tuple[Instruction, Instruction | None]] = {}
    before: Instruction | None = None
    for now in read(done.stdout):
        follows = before is not None and before.falls and before.address + before.bytes == now.address
        found[now.address] = (now, before if follows else None)
        before = now
    return found
