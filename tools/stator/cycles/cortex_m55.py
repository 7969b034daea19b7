"""Cycles of the Cortex-M55, memory without wait states.

Source: LLVM's scheduling model of the core (llvm/lib/Target/ARM/ARMScheduleM55.td). Scalar instructions are much as on the Cortex-M33; of
two with 16 bits, one of them simple, both issue at once. A vector instruction holds its pipe (loads and stores, integers, products)
for two cycles, and instructions of other pipes overlap with it. LDRD: 1, as in SLOTHY's model of the core; LDM: N, as on the Cortex-M33.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stator.cycles import pipeline
from stator.cycles.instruction import Instruction
from stator.cycles.pipeline import Use

NAME = "Cortex-M55, by LLVM's ARMScheduleM55.td"
REFILL = 3  # a taken branch, as long as LLVM takes one for that was not foreseen
DIVISION = 7

_SIMPLE = re.compile(r"^(nop|b|b(eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)|bx|movs?|uxt[bh]|sxt[bh])$")
_LATE = re.compile(
    r"^(ldr|ldm|pop|ml[as]|mul|sm[lmu]|um[lau]|q|[su](add|asx|sax|sub|h|sat|bfx)|usa|[su]xta|(as|ls)rl|lsll|[su]?q?r?sh[lr]|[su]div|clz|pkh)"
)
_MEMORY = re.compile(r"^v(ld|st)")
_SYSTEM = re.compile(r"^v(ctp|pnot|pst)")
_PRODUCTS = re.compile(r"^(v[qr]*d?mul|v[qr]*d?ml|vaddl?va?$|vcm|vpt|vfm|vmla|vmls)")
_ROUNDED = re.compile(r"^(vr?q?r?sh[lr]|vadc|vsbc|vq?r?shl)$")
_FLOAT_SUMS = ("vadd", "vsub", "vcadd", "vabs", "vneg", "vmaxnm", "vminnm")
_NARROW = re.compile(r"^v(q?movu?n|q?r?shru?n)")


def taken(before: Instruction | None, branch: Instruction) -> int:
    """Cycles that a branch takes more when it is taken; the end of a low-overhead loop is no branch after its first turn."""
    return 0 if _loop_end(branch) else REFILL


def block(lead: Sequence[Instruction], code: Sequence[Instruction]) -> int:
    """Cycles of a block behind what comes before it in memory."""
    return pipeline.cycles(_Core(), lead, code)


class _Core:
    def use(self, now: Instruction) -> Use:
        if _loop_end(now):
            return Use(0)
        if now.kind == "several" and not now.mnemonic.startswith(("ldrd", "strd")):
            return Use(now.transfers)
        if now.mnemonic.startswith(("sdiv", "udiv")):
            return Use(DIVISION)
        if not now.mnemonic.startswith("v"):
            return Use()
        return Use(1, _pipes(now), 2 if _vector(now) else 1)

    def reads(self, now: Instruction) -> frozenset[str]:
        return frozenset(now.registers) if _stores(now) or _adds_to(now) else now.reads

    def writes(self, now: Instruction) -> frozenset[str]:
        if _stores(now):
            return frozenset()
        two = now.mnemonic.startswith("vmov") and len(now.registers) > 2 and not now.registers[0].startswith("q")
        return frozenset(now.registers[:2]) if two or "ldav" in now.mnemonic else now.writes

    def gives(self, now: Instruction, register: str, early: bool) -> int:
        if register in now.moved_base:
            return 1
        if not now.mnemonic.startswith("v"):
            return 2 if _LATE.match(now.mnemonic) or now.shifts_operand else 1
        base = now.mnemonic.partition(".")[0]
        if base in ("vdiv", "vsqrt"):
            return 16
        if _NARROW.match(base):
            return 3
        moved = base == "vmov" and len(now.registers) > 1
        soon = moved or base.startswith(("vcmp", "vpt")) or (_vector(now) and base in _FLOAT_SUMS)
        return 2 if _ROUNDED.match(base) or (_pipes(now) == ("products",) and not soon) else 1

    def needs(self, now: Instruction, register: str, giver: Instruction) -> int:
        if register.startswith("q") and register in now.address_registers:
            return -4  # addresses of a vector are read lane by lane
        return 1 if _stores(now) and register == now.registers[0] and not _NARROW.match(giver.mnemonic) else 0

    def beside(self, before: Instruction, now: Instruction) -> bool:
        return before.bytes == now.bytes == 2 and (_simple(before) or _simple(now))


def _loop_end(now: Instruction) -> bool:
    return now.mnemonic in ("le", "letp")


def _vector(now: Instruction) -> bool:
    return any(register.startswith("q") for register in now.registers)


def _stores(now: Instruction) -> bool:
    return now.mnemonic.startswith("vst")


def _adds_to(now: Instruction) -> bool:
    return re.match(r"^v(ml[as]|[qr]*d?ml[as]|ml[as]l?davh?a|addl?va|fm|cmla)", now.mnemonic) is not None


def _simple(now: Instruction) -> bool:
    immediate = now.mnemonic.rstrip("s") in ("add", "sub") and "#" in now.operands
    return now.kind in ("it", "branch") or _SIMPLE.match(now.mnemonic) is not None or immediate


def _pipes(now: Instruction) -> tuple[str, ...]:
    base = now.mnemonic.partition(".")[0]
    if _MEMORY.match(base):
        return ("memory",)
    if _SYSTEM.match(base):
        return ("system",)
    if base == "vmov" and _vector(now) and now.registers[0].startswith("q") and not now.registers[-1].startswith("q"):
        return ("products",) if len(now.registers) == 1 else ("integers", "products")
    from_lane = base == "vmov" and not now.registers[0].startswith("q")
    floats = ".f" in now.mnemonic or not _vector(now)
    return ("products",) if floats or from_lane or _PRODUCTS.match(base) else ("integers",)
