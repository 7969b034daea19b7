"""Renode as a board: the chip's peripherals are models of ours in boards/<board>/sim, which Renode compiles when it starts.

Where `renode` is on PATH it is used. One instruction takes one clock of the core, so virtual time is a count of instructions, as on QEMU;
peripherals act at their own times on that scale.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from stator.board import Board
from stator.errors import SignalError, ToolError
from stator.sim import renode_registers
from stator.sim.process import listen
from stator.svd import chip_of

CHIP = Path(__file__).parent / "renode" / "Chip.cs"
_FOREVER_S = 1_000_000  # of virtual time: longer than any run
REMEDY = "install Renode 1.16.1 or later, so that renode and renode-test are on PATH"


def find() -> str:
    """The program. Raises ToolError that says how to get it."""
    program = shutil.which("renode")
    if program is None:
        raise ToolError("Renode was not found: there is no renode on PATH", remedy=REMEDY)
    return program


@functools.cache
def version(program: str) -> str:
    """What the program calls itself, such as `Renode v1.16.1.0`."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120).stdout
    found = re.search(r"Renode v[0-9.]+", said)
    return found[0] if found else "Renode of an unknown version"


def script(board: Board) -> Path:
    """The board's script for Renode. Raises ToolError where it has none."""
    path = board.folder / "sim" / f"{board.name}.resc"
    if not path.is_file():
        raise ToolError(f"board '{board.name}' has no models for Renode", remedy=f"{path.name} in its folder sim/")
    return path


def prepared(board: Board, elf: Path, signal: bytes, folder: Path) -> str:
    """Fills `folder` with what the board's script is given, and returns the commands that give it: the image is loaded, the clock stands.

    What USART or UARTE sends goes to the file `serial` in `folder`. Raises ToolError.
    """
    chip, origin = chip_of(board)
    (folder / "Registers.cs").write_text(renode_registers.csharp(chip, origin), encoding="utf-8")
    (folder / "signal").write_bytes(signal)
    given = {
        "registers": folder / "Registers.cs",
        "chip": CHIP,
        "elf": elf.resolve(),
        "signal": folder / "signal",
        "serial": folder / "serial",
    }
    return "\n".join([*(f"${name}=@{_plain(path)}" for name, path in given.items()), f"include @{_plain(script(board))}", ""])


def _plain(path: Path) -> str:
    """A path as Renode's monitor reads it."""
    return str(path).replace(" ", "\\ ")


def simulate(
    board: Board, elf: Path, hear: Callable[[bytes], bool], *, signal: bytes, stall_s: float = 120.0, notes: Path | None = None
) -> float:
    """Runs `elf` until `hear`, which gets the serial bytes as they come, returns True. `signal`: int16, little endian, looped.
    `notes`: the file that gets what the core has executed, frame by frame (renode/Chip.cs).

    Returns the wall-clock seconds. Raises ToolError when Renode is missing or fails, or when nothing is said for `stall_s` seconds.
    """
    if not signal:
        raise SignalError("the signal has no samples", remedy="a longer recording")
    program = find()
    with tempfile.TemporaryDirectory(prefix="stator-") as name:
        folder = Path(name)
        commands = folder / "run.resc"
        go = f'emulation SetAdvanceImmediately true\nemulation RunFor "{_FOREVER_S}"\nquit\n'
        commands.write_text(prepared(board, elf, signal, folder) + go, encoding="utf-8")
        words = [program, "--console", "--disable-gui", "--plain", "--config", str(folder / "config"), "-e", f"include @{_plain(commands)}"]
        seconds = listen(words, board.name, folder / "serial", folder / "errors", hear, stall_s)
        noted = folder / "serial.awake"
        if notes is not None and noted.is_file():
            shutil.copyfile(noted, notes)
        return seconds
