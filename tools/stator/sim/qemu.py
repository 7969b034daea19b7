"""QEMU as a board: starts an image, fills the signal memory, listens to the serial port, and always ends the process.

The serial port goes to a file, so that a slow reader cannot change virtual time, and `-icount` ties virtual time to instructions:
one instruction is 2^shift ns. The same image and the same signal give the same bytes, run after run.
"""

from __future__ import annotations

import functools
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stator.board import Board, Simulator
from stator.errors import SignalError, ToolError
from stator.sim.process import listen

SIGNAL_MAGIC = 0x54415453  # 'STAT', little endian
SIGNAL_HEADER_BYTES = 64
_PACKAGES = {"qemu-system-arm": "qemu-system-arm", "qemu-system-riscv32": "qemu-system-misc"}

Halves = npt.NDArray[np.int16]


def signal_image(halves: Halves) -> bytes:
    """What lies at `signal_at`: magic and number of halves, padding to 64 bytes, then int16 counts, little endian."""
    if halves.ndim != 2 or halves.shape[0] == 0:
        raise SignalError(f"the signal has no whole frame: its shape is {halves.shape}", remedy="a longer recording")
    header = struct.pack("<II", SIGNAL_MAGIC, halves.shape[0]).ljust(SIGNAL_HEADER_BYTES, b"\0")
    return header + halves.astype("<i2").tobytes()


def find(simulator: Simulator) -> str:
    """The simulator's program. Raises ToolError that says how to get it."""
    program = shutil.which(simulator.binary)
    if program is None:
        package = _PACKAGES.get(simulator.binary, simulator.binary)
        raise ToolError(
            f"{simulator.binary} is not installed", remedy=f"apt-get install {package}, or run through ./inv, which installs it"
        )
    return program


@functools.cache
def version(program: str) -> str:
    """The program's own first line, such as `QEMU emulator version 7.2.22 (...)`."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
    return said.splitlines()[0] if said else program


def command(simulator: Simulator, elf: Path, serial: Path, loaded: Path | None = None) -> list[str]:
    """The command line. `loaded` is put at the board's `signal_at` before the start."""
    words = [find(simulator), "-machine", simulator.machine, *(["-cpu", simulator.cpu] if simulator.cpu else []), *simulator.arguments]
    if simulator.icount_shift is not None:
        words += ["-icount", f"shift={simulator.icount_shift},sleep={'on' if simulator.spins else 'off'}"]
    words += ["-display", "none", "-monitor", "none", "-no-reboot"]
    words += ["-semihosting-config", "enable=on,target=native", "-serial", f"file:{serial}", "-kernel", str(elf)]
    if loaded is not None and simulator.signal_at is not None:
        words += ["-device", f"loader,file={loaded},addr={simulator.signal_at:#x},force-raw=on"]
    return words


def simulate(
    board: Board, elf: Path, hear: Callable[[bytes], bool], *, loaded: bytes = b"", stall_s: float = 120.0, more: Sequence[str] = ()
) -> float:
    """Runs `elf` until `hear`, which gets the serial bytes as they come, returns True, or until the program ends by itself.

    `more`: further arguments of QEMU's.

    Returns the wall-clock seconds. Raises ToolError when QEMU is missing or fails, or when nothing is said for `stall_s`
    seconds; the process is killed (SIGKILL: a hung DMA model ignores SIGTERM) on every way out.
    """
    simulator = board.simulator
    if simulator is None or simulator.kind != "qemu":
        raise ToolError(
            f"board '{board.name}' has no QEMU machine to run on", remedy="a board with `simulator: {kind: qemu}` in its board.yml"
        )
    room = simulator.signal_bytes or 0
    if len(loaded) > room or (loaded and simulator.signal_at is None):
        raise SignalError(
            f"the signal needs {len(loaded):,} B and board '{board.name}' holds {room:,} B of it", remedy="a shorter recording"
        )
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        serial, memory, errors = (Path(folder) / name for name in ("serial", "memory", "errors"))
        memory.write_bytes(loaded)
        words = [*command(simulator, elf, serial, memory if loaded else None), *more]
        return listen(words, board.name, serial, errors, hear, stall_s)
