"""Cycles of the Cortex-M7, memory without wait states, branches foreseen.

Arm's manual of the core (DDI 0489) gives no times of instructions. Source: J. Oleksiewicz's measurements with the cycle counter of an
STM32H743, https://github.com/jnk0le/random, "pipeline cycle test/doc/cortex_m7.md": two instructions issue at once unless both need
what is there once; there are ALUs in two stages, an early and a late one; loads of words, late results of the ALU and products come
one after the other. Not in it: which bank of memory a load takes from, and branches that are not foreseen (6 to 8 cycles each).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stator.cycles import pipeline
from stator.cycles.instruction import Instruction
from stator.cycles.pipeline import Use

NAME = "Cortex-M7, by measurements on an STM32H743 (jnk0le/random, cortex_m7.md)"
DIVISION = 7  # as LLVM's ARMScheduleM7.td has it

_EARLY, _LATE, _ADDED, _STORED = 0, 1, 2, 3  # the stage in which a register is needed
_PRODUCT = re.compile(r"^(ml[as]|mul|sm[lmu]|um[lau]|smul)")
_FIELD = re.compile(r"^([su]xta?[bh]|[su]bfx|bf[ic]|pkh|[su]?h?q?(add|sub|asx|sax)(8|16)|q|sel|clz|rev|rbit|[su]sat|usad)")
_FIRST = re.compile(r"^([su]bfx|rbit|rev)")  # these take what they read in the early stage
_EXTRACTED = re.compile(r"^(bfi|pkh|[su]xta)")  # and these their last register
_SHIFTER = re.compile(r"^(bf[ic]|[su]bfx|rbit|rev|[su]xta|pkh)")  # these share it with shifted operands
_PLAIN = re.compile(r"^(add|sub|mov)[sw]*$")
_SHIFT = re.compile(r"^(lsl|lsr|asr|ror)s?$")


def taken(before: Instruction | None, branch: Instruction) -> int:
    """Cycles that a branch takes more when it is taken, and was foreseen."""
    return 0


def block(lead: Sequence[Instruction], code: Sequence[Instruction]) -> int:
    """Cycles of a block behind what comes before it in memory."""
    return pipeline.cycles(_Core(), lead, code)


class _Core:
    def use(self, now: Instruction) -> Use:
        if now.kind == "several":
            return Use(-(-now.transfers // 2))
        return Use(DIVISION if now.mnemonic.startswith(("sdiv", "udiv")) else 1)

    def reads(self, now: Instruction) -> frozenset[str]:
        return now.reads

    def writes(self, now: Instruction) -> frozenset[str]:
        return now.writes

    def gives(self, now: Instruction, register: str, early: bool) -> int:
        if register in now.moved_base:
            return 1
        if now.kind in ("load", "several"):
            return 3 if re.match(r"^ldrs?[bh]", now.mnemonic) else 2
        if _PRODUCT.match(now.mnemonic):
            return 3
        simple = (_PLAIN.match(now.mnemonic) or _SHIFT.match(now.mnemonic)) and not _shifted(now)
        return 1 if (simple and early) or now.mnemonic.startswith(("rev", "rbit")) else 2

    def needs(self, now: Instruction, register: str, giver: Instruction) -> int:
        if register in now.address_registers or (now.kind == "several" and register == now.registers[0]):
            return _EARLY
        if now.kind in ("store", "several"):
            return _STORED
        if _PRODUCT.match(now.mnemonic):
            if register in now.accumulator:
                return _ADDED
            return _EARLY if giver.kind in ("load", "several") else _LATE
        shifted = now.registers[-1:] if _shifted(now) else ()
        extracted = now.registers[-1:] if _EXTRACTED.match(now.mnemonic) else ()
        return _EARLY if register in (*shifted, *extracted) or _FIRST.match(now.mnemonic) else _LATE

    def beside(self, before: Instruction, now: Instruction) -> bool:
        kinds = {before.kind, now.kind}
        products = [_PRODUCT.match(i.mnemonic) is not None for i in (before, now)]
        if "several" in kinds or now.mnemonic.startswith(("sdiv", "udiv")) or all(products):
            return False
        if before.kind == now.kind == "store" or ("store" in kinds and any(products)):
            return False
        if _field(now) or (before.writes & now.writes and now.mnemonic != "movt"):
            return False
        return not (_shifted(now) and (_SHIFTER.match(before.mnemonic) or _shifted(before)))


def _field(now: Instruction) -> bool:
    return _FIELD.match(now.mnemonic) is not None


def _shifted(now: Instruction) -> bool:
    return now.shifts_operand and not now.mnemonic.startswith(("mov", "lsl", "lsr", "asr", "ror", "sxt", "uxt"))
