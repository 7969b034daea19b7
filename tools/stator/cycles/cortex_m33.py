"""Cycles of the Cortex-M33, memory without wait states.

Arm's manual of the core (100230) gives no times of instructions. Source: J. Oleksiewicz's measurements with the cycle counter of an RP2350
(Cortex-M33 r1p0), https://github.com/jnk0le/random, "pipeline cycle test/doc/cortex_m33.md": one instruction a cycle; what comes out of
a load, a multiply-accumulate, a SIMD instruction or a shifted operand is a cycle late, except for an accumulator; a 16-bit branch
issues beside the instruction before it. Divisions: the middle of 2 to 12, as on the Cortex-M4.
"""

from __future__ import annotations

import re

from stator.cycles.instruction import Instruction
from stator.cycles.pipeline import one_by_one

NAME = "Cortex-M33, by measurements on an RP2350 (jnk0le/random, cortex_m33.md)"
DIVISION = 7
_LATE = re.compile(r"^(ml[as]|mul|sm[lmu]|um[lau]|smul|usa?d|[su]xta|pkh|[su]?h?q?(add|sub|asx|sax)(8|16)?x?$|sel|[su]sat|q)")
_FLAGS = re.compile(r"^(cmp|cmn|tst|teq|\w+s$)")


def taken(before: Instruction | None, branch: Instruction) -> int:
    """Cycles that a branch takes more when it is taken."""
    if branch.kind != "branch":
        return 2  # POP or LDM to the program counter
    beside = before is not None and before.bytes == 2 and not _FLAGS.match(before.mnemonic)
    return 1 if branch.bytes == 4 or beside else 2


def cycles(before: Instruction | None, now: Instruction) -> int:
    """Cycles of an instruction after another, without what `taken` adds."""
    wait = before is not None and _late(before) and bool(before.writes_last & _early(now))
    if now.kind == "several":
        return now.transfers + wait
    if now.mnemonic.startswith(("sdiv", "udiv")):
        return DIVISION + wait
    if now.mnemonic == "muls":
        return 2 + wait
    if now.kind == "it" or (now.kind == "branch" and now.bytes == 2):
        return int(wait)
    return 1 + wait


block = one_by_one(cycles)


def _late(before: Instruction) -> bool:
    """Whether what it writes is there a cycle later than usual."""
    if before.kind in ("load", "several"):
        return True
    simple = re.match(r"^(add|sub)s?(w|$)", before.mnemonic) is not None
    return (before.shifts_operand and not before.mnemonic.startswith(("lsl", "lsr", "asr", "ror", "sxt", "uxt"))) or (
        before.kind == "other" and _LATE.match(before.mnemonic) is not None and not simple
    )


def _early(now: Instruction) -> frozenset[str]:
    """What an instruction must have when it begins: not what it adds to, nor what it stores."""
    if now.kind == "store" or now.mnemonic.startswith(("strd", "stm", "push")):
        return now.address_registers
    return now.reads - now.accumulator
