"""QEMU as a board: what it is told, how it ends, and that it always ends. With small programs that are compiled here."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from stator.board import Board, load_board
from stator.errors import SignalError, ToolError
from stator.paths import ROOT
from stator.sim import qemu
from stator.sim.run import FirmwareFailed, replay
from stator.telemetry import Health, Record, framed
from tests.python.needs import needs

HALVES = np.array([[1, -2] * 512, [3, 4] * 512], np.int16)
COMPILERS = {
    "mps2_an505": ["arm-none-eabi-gcc", "-mcpu=cortex-m33+nofp", "-mthumb"],
    "qemu_rv32": ["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-misa-spec=2.2"],
}
SCRIPT = """
MEMORY {{ code (rx): ORIGIN = {code:#x}, LENGTH = 1M  ram (rwx): ORIGIN = {ram:#x}, LENGTH = 1M }}
ENTRY(entry)
SECTIONS {{ .text : {{ KEEP(*(.vectors)) *(.text.start) *(.text* .rodata* .srodata*) }} > code
            .data : {{ *(.data* .bss* .sdata* .sbss*) }} > ram
            stack_top = ORIGIN(ram) + LENGTH(ram); }}
"""

pytestmark = pytest.mark.sim


@pytest.fixture(params=["mps2_an505", "qemu_rv32"])
def board(request: pytest.FixtureRequest) -> Board:
    found = load_board(request.param)
    needs(found.simulator.binary if found.simulator else "", COMPILERS[found.name][0])
    return found


def compiled(board: Board, folder: Path, said: bytes, *defines: str) -> Path:
    regions = {region.kind: region for region in reversed(board.memory.values())}
    script, elf = folder / "bare.ld", folder / "bare.elf"
    script.write_text(SCRIPT.format(code=regions["flash"].at, ram=regions["ram"].at))
    text = "".join(f"\\{byte:03o}" for byte in said)
    words = [*COMPILERS[board.name], "-O1", "-ffreestanding", "-nostdlib", "-nostartfiles", f'-DSCRIPT="{text}"', *defines]
    done = subprocess.run(
        [*words, "-T", str(script), str(Path(__file__).parent / "bare.c"), "-o", str(elf)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return elf


def frame(sequence: int) -> bytes:
    return framed(Record(sequence, 1, 2, 2, 201, 255, 0, 40, 1000, 2000, 4000, b"\x7f\x80", b"\x00\xff", Health(0xFFFF0000, 0)))


def processes() -> str:
    """The command lines of all processes, from /proc: a small machine has no `ps`."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return "\n".join(lines)


def test_a_run_stops_after_the_frames_asked_for(board: Board, tmp_path: Path) -> None:
    elf = compiled(board, tmp_path, b"".join(frame(n) for n in range(5)))
    run = replay(board, elf, HALVES, 3)
    assert [r.sequence for r in run.telemetry.records[:3]] == [0, 1, 2]
    assert "QEMU" in run.simulator


def test_a_fail_line_ends_the_run_with_its_text(board: Board, tmp_path: Path) -> None:
    elf = compiled(board, tmp_path, frame(0) + b"FAIL no signal at the address\n")
    with pytest.raises(FirmwareFailed, match="after 1 frames: no signal at the address"):
        replay(board, elf, HALVES, 3)


def test_the_signal_lies_where_the_board_looks(board: Board, tmp_path: Path) -> None:
    assert board.simulator is not None and board.simulator.signal_at is not None
    elf = compiled(board, tmp_path, b"", f"-DSIGNAL_AT={board.simulator.signal_at:#x}u")
    heard = bytearray()

    def hear(data: bytes) -> bool:
        heard.extend(data)
        return b"\n" in heard

    qemu.simulate(board, elf, hear, loaded=qemu.signal_image(HALVES), stall_s=20)
    assert bytes(heard) == b"heard\n"


def test_a_silent_program_is_ended_and_named(board: Board, tmp_path: Path) -> None:
    elf = compiled(board, tmp_path, b"hello")
    with pytest.raises(ToolError, match="said nothing for 1 s, after 5 B"):
        qemu.simulate(board, elf, lambda data: False, stall_s=1)
    assert str(elf) not in processes()


def test_qemu_ends_when_its_caller_is_killed(board: Board, tmp_path: Path) -> None:
    elf = compiled(board, tmp_path, b"hello\n")
    program = f"""
import pathlib, sys
from stator.board import load_board
from stator.sim import qemu
qemu.simulate(load_board({board.name!r}), pathlib.Path({str(elf)!r}), lambda data: print(data, flush=True))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT / "tools")}
    ) as caller:
        assert caller.stdout is not None and caller.stdout.readline()
        assert str(elf) in processes()
        caller.kill()
    for _ in range(100):
        if str(elf) not in processes():
            return
        time.sleep(0.05)
    pytest.fail("QEMU still runs")


def test_missing_qemu_names_the_package(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="is not installed\n  try: apt-get install qemu-system-"):
        qemu.simulate(board, tmp_path / "none.elf", lambda data: True)


def test_an_image_that_is_not_there_gives_qemus_own_words(board: Board, tmp_path: Path) -> None:
    elf = tmp_path / "none.elf"
    with pytest.raises(ToolError, match="before the firmware said a word"):
        qemu.simulate(board, elf, lambda data: True, stall_s=5)


def test_a_signal_larger_than_the_board_holds_is_refused(board: Board, tmp_path: Path) -> None:
    assert board.simulator is not None and board.simulator.signal_bytes is not None
    with pytest.raises(SignalError, match="holds"):
        qemu.simulate(board, tmp_path / "none.elf", lambda data: True, loaded=bytes(board.simulator.signal_bytes + 1))


def test_an_empty_signal_is_refused() -> None:
    with pytest.raises(SignalError, match="no whole frame"):
        qemu.signal_image(np.zeros((0, 1024), np.int16))
