"""Cycles of the Cortex-M3, memory without wait states: those of the Cortex-M4 but for products, and for addresses that move on.

Source: Arm Cortex-M3 Technical Reference Manual (DDI 0337I), section 3.3.1, "Cortex-M3 instructions", and the load and store timings on its
page 3-9; for addresses that move on, J. Oleksiewicz's measurements on an STM32F103, github.com/jnk0le/random, `cortex_m3m4.md`. A
product of 64 bits ends early where its operands are small, 3 to 5 cycles, and 4 to 7 with a sum: this takes the most, since
multipliers of 31 bits are what kernels multiply by.
"""

from __future__ import annotations

from stator.cycles import cortex_m4
from stator.cycles.instruction import Instruction
from stator.cycles.pipeline import one_by_one

NAME = "Cortex-M3, by Arm DDI 0337I 3.3.1"
PRODUCTS = {"mla": 2, "mls": 2, "smull": 5, "umull": 5, "smlal": 7, "umlal": 7}
ALONE = 2  # a load or store that moves its address on, behind a load

taken = cortex_m4.taken


def cycles(before: Instruction | None, now: Instruction) -> int:
    """Cycles of an instruction after another, without what `taken` adds."""
    if now.mnemonic[:5] in PRODUCTS:
        return PRODUCTS[now.mnemonic[:5]]
    if now.kind in ("load", "store") and now.moved_base and before is not None and before.kind == "load":
        return ALONE
    return cortex_m4.cycles(before, now)


block = one_by_one(cycles)
