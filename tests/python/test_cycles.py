"""Estimated cycles: what instructions read and write, and the times that the manual's and the measurements' own examples give."""

from __future__ import annotations

import pytest

from stator import cycles
from stator.cycles import cortex_m3, cortex_m4, cortex_m7, cortex_m33, cortex_m55
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
    return model.block([], [one(text.replace(".n", ""), 2 if ".n" in text else 4) for text in texts])


def test_disassembly_is_read() -> None:
    push, load, mac, *_ = read(TEXT)
    assert [i.address for i in read(TEXT)] == [0x100, 0x102, 0x106, 0x10A, 0x10C, 0x110]
    assert (push.kind, push.transfers, push.bytes) == ("several", 4, 2)
    assert load.kind == "load" and load.writes == {"r4", "r0"} and load.reads == {"r0"}
    assert mac.writes == {"r3"} and mac.reads == {"r4", "r2", "r5"} and mac.accumulator == {"r5"}
    assert read(TEXT)[3].kind == "it"
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
        (("ldr r0, [r1]", "ldr r1, [r2]"), 3),
        (("ldr r0, [r1], #4", "ldr r1, [r2]"), 3),  # the first of several may move its address on,
        (("ldr r0, [r1]", "ldr r1, [r2], #4"), 4),  # and no other
        (("ldr r0, [r1]", "str r0, [r2], #4"), 4),
        (("mla r0, r1, r2, r3", "mul r0, r1, r2"), 3),
        (("smull r0, r1, r2, r3", "smlal r0, r1, r2, r3"), 12),
    ],
)
def test_cortex_m3(texts: tuple[str, ...], total: int) -> None:
    assert both(cortex_m3, *texts) == total


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


@pytest.mark.parametrize(
    ("texts", "total"),
    [
        (("add r0, r1, r2", "eor r3, r4, r5"), 1),
        (("eor r0, r1, r2", "eor r3, r0, r5"), 2),
        (("add r0, r1, r2", "eor r3, r0, r5"), 1),  # the first from the early ALU, the second in the late one
        (("uxtb r0, r1", "uxtb r2, r3"), 2),  # one of these at once
        (("uxtb r0, r1", "ldr r2, [r3, r0]"), 3),  # an address is needed early
        (("ldr r0, [r1]", "ldr r2, [r3]"), 1),
        (("str r0, [r1]", "str r2, [r3]"), 2),
        (("ldr r0, [r1]", "str r0, [r2]"), 1),  # stored last of all
        (("ldr r0, [r1]", "eor r2, r0, r3"), 2),
        (("ldr r0, [r1]", "eor r2, r3, r0, ror #8"), 3),  # shifted early
        (("ldrb r0, [r1]", "eor r2, r0, r3"), 3),
        (("str r0, [r1], #4", "str r2, [r1], #4"), 2),  # an address that moves on is there at once
        (("smlad r0, r1, r2, r0", "smlad r0, r3, r4, r0"), 2),
        (("smlad r0, r1, r2, r0", "eor r3, r0, r4"), 3),
        (("ldmia r0!, {r1, r2, r3, r4}",), 2),
        (("movw r0, #1", "movt r0, #2"), 1),
    ],
)
def test_cortex_m7(texts: tuple[str, ...], total: int) -> None:
    assert both(cortex_m7, *texts) == total


@pytest.mark.parametrize(
    ("texts", "total"),
    [
        (("vldrb.u8 q0, [r0]", "vadd.i8 q1, q2, q3"), 2),  # pipes of their own
        (("vldrb.u8 q0, [r0]", "vldrb.u8 q1, [r1]"), 3),  # the second waits until the first has gone through; its own end is not waited for
        (("vldrb.u8 q0, [r0]", "vadd.i8 q1, q0, q3"), 2),  # half by half
        (("vmul.i16 q0, q1, q2", "vadd.i16 q3, q0, q1"), 3),
        (("vmul.i16 q0, q1, q2", "vstrh.16 q0, [r0]"), 2),
        (("vqrshrnb.s32 q0, q1, #8", "vstrb.16 q0, [r0]"), 4),
        (("add r0, #1.n", "ldr r1, [r2].n"), 1),
        (("add r0, r1.n", "ldr r1, [r2].n"), 2),  # neither is simple
        (("ldr r0, [r1]", "add r2, r0, r3"), 3),
        (("ldrd r0, r1, [r2]",), 1),
        (("le lr, 100 <f>",), 0),
    ],
)
def test_cortex_m55(texts: tuple[str, ...], total: int) -> None:
    assert both(cortex_m55, *texts) == total


def test_a_published_loop_of_the_cortex_m55() -> None:
    """Arm's Helium-Optimization, ml-dsp-front-end-optimization-with-helium.md: "10 cycles" for four rows of CMSIS-NN's matrix product."""
    rows = [text for row in range(1, 5) for text in (f"vldrb.8 q{row}, [r{row}], #16", f"vmladava.s8 r{2 * row + 2}, q0, q{row}")]
    code = [one(text) for text in ("vaddva.s8 r0, q0", *rows, "vldrb.8 q0, [r12], #16", "letp lr, 100 <f>")]
    assert cortex_m55.block(code, code) == 10


def test_a_taken_branch_takes_more() -> None:
    branch = one("bne 100 <f>", 2)
    assert cortex_m4.taken(None, branch) == 1 and cortex_m4.taken(None, one("bx lr", 2)) == 2
    assert cortex_m33.taken(one("subs r7, #1", 2), branch) == 2  # what it asks for has only just been computed
    assert cortex_m33.taken(one("add r0, r1", 2), branch) == 1
    assert cortex_m55.taken(None, branch) == 3 and cortex_m55.taken(None, one("le lr, 100 <f>")) == 0
    assert cortex_m7.taken(None, branch) == 0


def test_a_core_without_a_table_has_no_model() -> None:
    assert cycles.model("cortex-m85") is None and cycles.model("instruction") is None and cycles.model("rv32imac") is None
    assert cycles.model("cortex-m4") is cortex_m4
