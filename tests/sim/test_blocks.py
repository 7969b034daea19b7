"""What QEMU's plugin counts between two passes of a function, and the cycles that a model of the core makes of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from stator import cycles
from stator.board import load_board
from stator.errors import ToolError
from stator.measure.elf import read_elf
from stator.sim import qemu
from stator.sim.blocks import Block, recording
from stator.sim.plugins import possible
from tests.python.needs import needs

PROGRAM = """
    .syntax unified
    .cpu cortex-m33
    .thumb
    .word 0x38001000, entry + 1
    .global entry, mark
    .type entry, %function
    .type mark, %function
entry:
    bl mark
    movs r0, #100
1:  subs r0, #1
    bne 1b
    bl mark
    ldr r1, =0x50200000 @ the serial port
    movs r2, #16
    str r2, [r1, #16]
    movs r2, #1
    str r2, [r1, #8]
    str r2, [r1]
    b .
mark:
    bx lr
"""

pytestmark = pytest.mark.sim


@pytest.fixture
def image(tmp_path: Path) -> Path:
    needs("qemu-system-arm", "arm-none-eabi-gcc")
    if not possible(str(shutil.which("qemu-system-arm"))):
        pytest.skip("this QEMU does not take the plugin")
    source, elf = tmp_path / "loop.S", tmp_path / "loop.elf"
    source.write_text(PROGRAM)
    words = ["arm-none-eabi-gcc", "-mcpu=cortex-m33", "-mthumb", "-nostdlib", "-Wl,-Ttext=0x10000000,-e,entry"]
    subprocess.run([*words, str(source), "-o", str(elf)], check=True, capture_output=True)
    return elf


def test_a_loop_is_counted_to_the_last_jump(image: Path) -> None:
    mark = next(s.address for s in read_elf(image).symbols if s.name == "mark")
    with recording(mark) as record:
        qemu.simulate(load_board("mps2_an505"), image, lambda data: True, stall_s=20, more=record.arguments)
        passes = record.passes()
    assert [len(blocks) for blocks in passes] == [1, 4]
    ran = sorted(passes[1], key=lambda block: block.at)
    assert ran == [
        Block(0x1000000C, 6, 1, 1),  # movs, subs, bne
        Block(0x1000000E, 4, 99, 98),  # subs, bne
        Block(0x10000012, 4, 1, 1),  # bl mark
        Block(mark, 2, 1, 1),  # bx lr, of the first pass
    ]
    m4, m33 = (cycles.model(core) for core in ("cortex-m4", "cortex-m33"))
    assert m4 is not None and m33 is not None
    before, after = cycles.at_marks(image, m4, passes)
    assert after - before == (1 + 2) + 1 + 100 * 2 + 99 + (1 + 1)  # bx, movs, subs and bne, bne taken, bl
    before, after = cycles.at_marks(image, m33, passes)
    assert after - before == 2 + 1 + 100 + 99 * 2 + 2


def test_a_block_that_the_image_does_not_have_is_refused(image: Path) -> None:
    model = cycles.model("cortex-m4")
    assert model is not None
    with pytest.raises(ToolError, match="0x20000000"):
        cycles.at_marks(image, model, [[Block(0x20000000, 4, 1, 0)]])
