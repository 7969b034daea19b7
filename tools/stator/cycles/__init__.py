"""Estimated cycles: the instructions that QEMU ran, weighed by a table of the core. Never called cycles: those come from RTL.

A core has a model where this folder has a file of its name (`cortex_m4.py` for `cortex-m4`), with

    NAME: str                                 what the figure is named after, with its source
    def taken(before, branch) -> int          what a branch takes more when it is taken
    def block(lead, code) -> int              of a block of instructions, by what is before it in memory

and `block` is one_by_one(cycles) where it is enough to look at each instruction and the one before it.

docs/measuring.md says how far the models are off.
"""

from __future__ import annotations

import importlib
import subprocess
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol, cast

from stator.cycles.instruction import Instruction, read
from stator.errors import ToolError
from stator.sim.blocks import Block

OBJDUMP = "arm-none-eabi-objdump"
LEAD = 4  # instructions before a block that it may have to wait for

Code = dict[int, tuple[Instruction, Instruction | None]]


class Model(Protocol):
    """The times of a core's instructions."""

    @property
    def NAME(self) -> str: ...  # noqa: N802

    def taken(self, before: Instruction | None, branch: Instruction) -> int: ...

    def block(self, lead: Sequence[Instruction], code: Sequence[Instruction]) -> int: ...


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


def _of(block: Block, code: Code, by: Model) -> int:
    inside = _inside(block, code)
    lead = _lead(inside[0], code)
    return by.block(lead, inside) * block.runs + by.taken((*lead, *inside)[-2] if lead or inside[1:] else None, inside[-1]) * block.jumps


def _inside(block: Block, code: Code) -> list[Instruction]:
    found, at = [], block.at
    while at < block.at + block.bytes:
        if at not in code:
            raise ToolError(f"an instruction ran at {at:#010x}, and the image has none there")
        found.append(code[at][0])
        at += code[at][0].bytes
    return found


def _lead(first: Instruction, code: Code) -> list[Instruction]:
    """The instructions before one in memory, as far as they go on to it."""
    found: list[Instruction] = []
    before = code[first.address][1]
    while before is not None and len(found) < LEAD:
        found.insert(0, before)
        before = code[before.address][1]
    return found


def _code(elf: Path) -> Code:
    """Every instruction by its address, with the one right before it in memory, where that goes on to it."""
    try:
        done = subprocess.run([OBJDUMP, "-dz", str(elf)], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolError(f"{OBJDUMP} failed on {elf.name}: {error}", remedy="apt-get install gcc-arm-none-eabi") from None
    found: Code = {}
    before: Instruction | None = None
    for now in read(done.stdout):
        follows = before is not None and before.falls and before.address + before.bytes == now.address
        found[now.address] = (now, before if follows else None)
        before = now
    return found
