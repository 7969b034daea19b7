"""Cycles of the Cortex-M4, memory without wait states.

Source: Arm Cortex-M4 Processor Technical Reference Manual (100166_0001_00), section 3.3.1, "Table of processor instructions"; for loads
and stores that follow each other, Texas Instruments, CC13xx/CC26xx Technical Reference Manual (SWCU185G), "Load/Store Timings", which
reprints Arm's text. Where the table leaves a range (P, a pipeline refill, of 1 to 3; a division of 2 to 12), this takes one value.
"""

from __future__ import annotations

from stator.cycles.instruction import Instruction
from stator.cycles.pipeline import one_by_one

NAME = "Cortex-M4, by Arm 100166_0001_00 3.3.1"
REFILL = 1  # P of a branch to a place that is in the instruction
REFILL_REGISTER = 2  # and to one that a register or the stack holds
DIVISION = 7


def taken(before: Instruction | None, branch: Instruction) -> int:
    """Cycles that a branch takes more when it is taken."""
    return REFILL if branch.kind == "branch" and "<" in branch.operands else REFILL_REGISTER


def cycles(before: Instruction | None, now: Instruction) -> int:
    """Cycles of an instruction after another, without what `taken` adds."""
    if now.kind == "several":
        return 1 + now.transfers
    if now.kind in ("load", "store"):
        follows = before is not None and before.kind == "load" and not before.to_pc
        joined = follows and before is not None and not before.writes & now.address_registers
        late = before is not None and before.kind not in ("load", "store", "several") and bool(before.writes & now.address_registers)
        alone = 1 if now.kind == "store" and not now.register_offset else 2
        return max(alone - joined, 1) + late
    if now.mnemonic.startswith(("sdiv", "udiv")):
        return DIVISION
    if now.mnemonic.startswith(("tbb", "tbh")):
        return 4
    if now.kind == "it" and before is not None and before.bytes == 2:
        return 0
    return 1


block = one_by_one(cycles)
