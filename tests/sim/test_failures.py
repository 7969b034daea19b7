"""A firmware that cannot go on says so in one line, FAIL and why, and ends: a failure costs no time-out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from stator.board import Board, load_board
from stator.paths import BOARDS, FIRMWARE, ROOT
from stator.sim import qemu
from stator.sim.run import FirmwareFailed, replay
from tests.python.cmake_project import firmware
from tests.python.needs import needs

HALVES = np.zeros((2, 1024), np.int16)
INIT = "void stator_board_init(void) {\n"

pytestmark = [pytest.mark.sim, pytest.mark.slow]


@pytest.fixture(params=["mps2_an505", "qemu_rv32"])
def board(request: pytest.FixtureRequest) -> Board:
    found = load_board(request.param)
    assert found.simulator is not None
    if shutil.which(found.simulator.binary) is None:
        pytest.skip(f"{found.simulator.binary} is not installed")
    return found


def faulty(board: Board, folder: Path, before: str, after: str) -> Path:
    """A copy of the board whose board.c says `after` instead of `before`."""
    copy = folder / board.name
    shutil.copytree(BOARDS / board.name, copy)
    if "cmsdk_mps2" in board.drivers:  # which is the board.c of several
        shutil.copy(FIRMWARE / "drivers/cmsdk_mps2/cmsdk_mps2.c", copy / "board.c")
        facts = (copy / "board.yml").read_text()
        (copy / "board.yml").write_text(facts.replace(" cmsdk_mps2,", ""))
    text = (copy / "board.c").read_text()
    assert before in text
    (copy / "board.c").write_text(text.replace(before, after))
    return copy


def last_words(board: Board, elf: Path) -> str:
    with pytest.raises(FirmwareFailed) as failure:
        replay(board, elf, HALVES, 10)
    return failure.value.what


def test_a_fault_says_where(board: Board, tmp_path: Path) -> None:
    bad = faulty(board, tmp_path, INIT, INIT + "    *(volatile unsigned *)0xf0000000u = 1;\n")
    words = last_words(board, firmware(tmp_path / "build", bad))
    assert "gave up after 0 frames: exception" in words
    assert ("f0000000" in words) if board.isa == "riscv" else ("cfsr" in words)


WRITES_CODE = "    *(volatile unsigned *)((__UINTPTR_TYPE__)stator_board_init & ~3u) = 0;\n"
RUNS_DATA = """    static unsigned short code[2] __attribute__((aligned(4))) = {RETURN, RETURN};
    ((void (*)(void))((__UINTPTR_TYPE__)code | THUMB))();
"""


@pytest.mark.parametrize(
    ("name", "does", "words"),
    [
        ("mps2_an505", RUNS_DATA.replace("RETURN", "0x4770u").replace("THUMB", "1u"), "memory protection pc 38"),
        ("mps2_an386", WRITES_CODE, "memory protection pc 0"),
        ("qemu_rv32", RUNS_DATA.replace("RETURN", "0x8082u").replace("THUMB", "0u"), "exception 1 at 804"),
    ],
)
def test_code_is_not_written_and_data_not_run(name: str, does: str, words: str, tmp_path: Path) -> None:
    board = load_board(name)
    assert board.simulator is not None
    needs(board.simulator.binary)
    last = "    riscv_plic_enable(UART0_IRQ, 1);\n" if board.isa == "riscv" else INIT  # there the board protects memory itself
    bad = faulty(board, tmp_path, last, last + does)
    assert words in last_words(board, firmware(tmp_path / "build", bad))


def said(board: Board, elf: Path, memory: bytes) -> bytes:
    heard = bytearray()

    def hear(data: bytes) -> bool:
        heard.extend(data)
        return False

    qemu.simulate(board, elf, hear, loaded=memory)
    return bytes(heard)


def test_what_is_no_signal_is_refused(board: Board, tmp_path: Path) -> None:
    elf = firmware(tmp_path / "build", board.name)
    assert b"\nFAIL no signal in memory" in said(board, elf, bytes(64))
    signal = qemu.signal_image(HALVES)
    assert b"\nFAIL no signal in memory" in said(board, elf, signal[:4] + bytes(4) + signal[8:])
    assert b"\nFAIL the signal's header claims" in said(board, elf, signal[:4] + b"\xff\xff\xff\xff" + signal[8:])


def test_an_interrupt_too_urgent_for_the_kernel_fails_an_assertion(tmp_path: Path) -> None:
    board = load_board("mps2_an505")
    bad = faulty(board, tmp_path, "arm_nvic_enable(DMA0_TC_IRQ, STATOR_PRIORITY_DMA,", "arm_nvic_enable(DMA0_TC_IRQ, 0,")
    assert "assert line" in last_words(board, firmware(tmp_path / "build", bad))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mps2_an505", "stack overflow pc"),  # Armv8-M's limit (CFSR.STKOF, bit 20)
        ("mps2_an386", "stack overflow pc"),  # a guard by the MPU
        ("qemu_rv32", "stack overflow in telemetry at 8"),  # a guard by PMP; the kernel, at a switch, would not say where
    ],
)
def test_a_stack_that_overflows_is_stopped_at_once(name: str, words: str, tmp_path: Path) -> None:
    board = load_board(name)
    assert board.simulator is not None
    needs(board.simulator.binary)
    tree = tmp_path / "tree"
    for part in ("boards", "cmake", "firmware", "models", "third_party", "tools"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CMakeLists.txt", tree)
    tasks = tree / "firmware/app/tasks.yml"
    text = tasks.read_text()
    before = next(line for line in text.splitlines() if line.strip().startswith("telemetry:"))
    tasks.write_text(text.replace(before, "  telemetry: {priority: 1, stack_bytes: {arm: 192, riscv: 256}}"))
    assert words in last_words(board, firmware(tmp_path / "build", board.name, source=tree))
