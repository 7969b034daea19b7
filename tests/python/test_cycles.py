"""Estimated cycles: what instructions read and write, and the times that the manual's and the measurements' own examples give."""

from __future__ import annotations

import pytest

from stator import cycles
from stator.cycles import cortex_m4, cortex_m33
from stator.cycles.instruction import Instruction, read

TEXT = """
00000100 <f>:
     100:	b570      	push	{r4, r5, r6, lr}
     102:	f850 4b04 	ldr.w	r4, [r0], #4
     106:	fb14 5302 	smlabb	r3, r4, r2, r5
     10a:	bfe8      			@ <UNDEFINED> instruction: 0xbfe8
     10c:	e8bd 9ff0 	ldmia.w	sp!, {r4, r5, r6, r7, r8, r9, sl, fp, ip, pc}
     110:	20001234 	.word	0x20001234
"""


def one(text: str, bytes_: int = 4) -> Instruction:
    mnemonic, _, operands = text.partition(" ")
    return Instruction(0, bytes_, mnemonic, operands)


def both(model: cycles.Model, *texts: str) -> int:
    """Cycles of instructions one after another; `.n` marks those of 16 bits."""
    code = [one(text.replace(".n", ""), 2 if ".n" in text else 4) for text in texts]
    return sum(model.cycles(before, now) for before, now in zip([None, *code], code, strict=False))


def test_disassembly_is_read() -> None:
    push, load, mac, *_ = read(TEXT)
    assert [i.address for i in read(TEXT)][:3] == [0x100, 0x102, 0x106]
    assert (push.kind, push.transfers, push.bytes) == ("several", 4, 2)
    assert load.kind == "load" and load.writes == {"r4", "r0"} and load.reads == {"r0"}
    assert mac.writes == {"r3"} and mac.reads == {"r4", "r2", "r5"} and mac.accumulator == {"r5"}
    pop = next(i for i in read(TEXT) if i.address == 0x10C)
    assert pop.to_pc and pop.transfers == 10 and "r10" in pop.writes


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("str r1, [r2, r3]", {"r1", "r2", "r3"}, set()),
        ("str r1, [r2, #4]!", {"r1", "r2"}, {"r2"}),
        ("ldrd r8, r9, [r0], #8", {"r0"}, {"r8", "r9", "r0"}),
        ("smlal sl, fp, r4, ip", {"r10", "r11", "r4", "r12"}, {"r10", "r11"}),
        ("adds r2, r3", {"r2", "r3"}, {"r2"}),
        ("mov r2, r3", {"r3"}, {"r2"}),
        ("cmp r2, r3", {"r2", "r3"}, set()),
        ("stmia r0!, {r4-r6}", {"r0", "r4", "r6"}, set()),
    ],
)
def test_what_an_instruction_reads_and_writes(text: str, reads: set[str], writes: set[str]) -> None:
    assert one(text).reads == reads and one(text).writes == writes


@pytest.mark.parametrize(
    ("texts", "total"),
    [  # "Load/Store Timings" of the manual
        (("ldr r0, [r1]", "ldr r1, [r2]"), 3),
        (("ldr r0, [r1, r2]", "str r0, [r3, #20]"), 3),
        (("ldr r0, [r1, r2]", "str r1, [r3, r2]"), 3),
        (("ldr r0, [r1, r5]", "ldr r1, [r2]", "ldr r2, [r3, #4]"), 4),
        (("ldr r0, [r1]", "ldr r1, [r0]"), 4),  # the address is what the first one loads
        (("add r1, r2, r3", "ldr r0, [r1]"), 4),  # or what was just computed
        (("ldrd r0, r1, [r2]",), 3),
        (("ldmia r0!, {r1, r2, r3, r4}",), 5),
        (("smlad r0, r1, r2, r0", "smlad r0, r3, r4, r0"), 2),
    ],
)
def test_cortex_m4(texts: tuple[str, ...], total: int) -> None:
    assert both(cortex_m4, *texts) == total


@pytest.mark.parametrize(
    ("texts", "total"),
    [
        (("ldr r0, [r1]", "add r2, r0, r3"), 3),  # a load's result is a cycle late
        (("ldr r0, [r1]", "str r0, [r2]"), 2),  # but not for a store,
        (("ldr r0, [r1]", "smlabb r3, r4, r5, r0"), 2),  # nor as what is added to
        (("smlad r0, r1, r2, r0", "smlad r0, r3, r4, r0"), 2),
        (("smlad r0, r1, r2, r0", "add r3, r0, r4"), 3),
        (("add r0, r1, r2, lsl #3", "add r3, r0, r4"), 3),
        (("ldmia r0!, {r1, r2, r3, r4}", "add r5, r1, r6"), 5),
        (("ldmia r0!, {r1, r2, r3, r4}", "add r5, r4, r6"), 6),
        (("ldrd r0, r1, [r2]",), 2),
        (("subs r7, #1.n", "bne 100 <f>.n"), 1),
    ],
)
def test_cortex_m33(texts: tuple[str, ...], total: int) -> None:
    assert both(cortex_m33, *texts) == total


def test_a_taken_branch_takes_more() -> None:
    branch = one("bne 100 <f>", 2)
    assert cortex_m4.taken(None, branch) == 1 and cortex_m4.taken(None, one("bx lr", 2)) == 2
    assert cortex_m33.taken(one("subs r7, #1", 2), branch) == 2  # what it asks for has only just been computed
    assert cortex_m33.taken(one("add r0, r1", 2), branch) == 1


def test_a_core_without_a_table_has_no_model() -> None:
    assert cycles.model("cortex-m55") is None and cycles.model("instruction") is None and cycles.model("rv32imac") is None
    assert cycles.model("cortex-m4") is cortex_m4
