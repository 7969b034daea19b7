"""Processors as RTL: Verilator makes a program of a core and the system around it (rtl/), and an image runs on it, clock by clock.

The program is made once per configuration, Verilator's version and state of rtl/, in the user's cache folder. Its cycles are true for
the RTL with its parameters and for memories without wait states, and for nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from elftools.elf.elffile import ELFFile

from stator.board import Board, Simulator
from stator.build import locked
from stator.data.archives import cache_folder
from stator.errors import SignalError, ToolError
from stator.paths import FIRMWARE
from stator.progress import status
from stator.sim.process import listen

RTL = Path(__file__).parent / "rtl"
_FLAGS = ("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-BLKANDNBLK")
_REMEDY = "apt-get install --no-install-recommends verilator g++, or run through ./inv, which installs them"

Counters = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Simulated:
    """Wall-clock seconds, and per read of mcycle what mcycle and minstret were: uint64 [reads, 2]."""

    seconds: float
    counters: Counters


def designs() -> tuple[str, ...]:
    """Names of the cores in rtl/."""
    return tuple(sorted(path.stem for path in RTL.glob("*.f")))


@functools.cache
def version() -> str:
    """Verilator's own first line. Raises ToolError where it is missing."""
    for tool in ("verilator", "g++", "make"):
        if shutil.which(tool) is None:
            raise ToolError(f"{tool}, which simulates processors as RTL, is not installed", remedy=_REMEDY)
    return subprocess.run(["verilator", "--version"], capture_output=True, text=True, check=False).stdout.splitlines()[0]


def program(simulator: Simulator) -> Path:
    """The simulator for a board, made where it is not there yet. Raises ToolError."""
    design = simulator.design
    if design not in designs():
        raise ToolError(f"there is no core '{design}' in {RTL}", remedy=f"design: one of {', '.join(designs())}")
    package = importlib.util.find_spec(f"pythondata_cpu_{design}")
    if package is None or not package.submodule_search_locations:
        raise ToolError(f"the RTL of {design} is not installed", remedy=f"pip install --pre pythondata-cpu-{design}")
    rtl = Path(package.submodule_search_locations[0]) / "system_verilog"
    registers = FIRMWARE / "drivers" / "rtl_system" / "rtl_registers.h"
    sources = [RTL / f"{design}.f", RTL / f"{design}.sv", RTL / "system.cpp", registers]
    parameters = [f"-G{name}={value}" for name, value in sorted(simulator.parameters.items())]
    identity = hashlib.sha256("\0".join([version(), str(rtl), *_FLAGS, *parameters]).encode())
    for source in sources:
        identity.update(source.read_bytes())
    folder = cache_folder() / "rtl" / f"{design}-{identity.hexdigest()[:12]}"
    made = folder / "system"
    with locked(folder):
        if not made.is_file():
            with status(f"building the simulator of {design} ({' '.join(parameters) or 'as it is'}), once"):
                _make(design, rtl, parameters, folder)
    return made


def _make(design: str, rtl: Path, parameters: list[str], folder: Path) -> None:
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    words = ["verilator", "--cc", "--exe", "--build", "-j", "2", *_FLAGS, *parameters]
    words += ["-MAKEFLAGS", "OPT_FAST=-O3 OPT_SLOW=-O1 OPT_GLOBAL=-O3", "-CFLAGS", f"-O3 -std=c++17 -I{FIRMWARE / 'drivers'}"]
    words += ["--top-module", "core", "--Mdir", str(work), "-f", str(RTL / f"{design}.f")]
    words += [str(RTL / f"{design}.sv"), str(RTL / "system.cpp"), "-o", "system"]
    environment = os.environ | {"RTL": str(rtl)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment)
    (folder / "build.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode != 0 or not (work / "system").is_file():
        telling = [line for line in (done.stdout + done.stderr).splitlines() if "rror" in line]
        raise ToolError(f"the simulator of {design} could not be built", details=telling[:6], remedy=f"all it said: {folder / 'build.log'}")
    (work / "system").replace(folder / "system")
    shutil.rmtree(work)


def simulate(board: Board, elf: Path, hear: Callable[[bytes], bool], *, loaded: bytes = b"", stall_s: float = 300.0) -> Simulated:
    """Runs `elf` until `hear`, which gets the serial bytes as they come, returns True, or until the program ends by itself.

    Raises ToolError when Verilator or the RTL is missing, or when nothing is said for `stall_s` seconds.
    """
    simulator = board.simulator
    assert simulator is not None and simulator.kind == "verilator"
    room = simulator.signal_bytes or 0
    if len(loaded) > room or simulator.signal_at is None:
        raise SignalError(
            f"the signal needs {len(loaded):,} B and board '{board.name}' holds {room:,} B of it", remedy="a shorter recording"
        )
    made = program(simulator)
    with tempfile.TemporaryDirectory(prefix="stator-") as name:
        folder = Path(name)
        serial, counters, errors = (folder / file for file in ("serial", "counters", "errors"))
        words = [str(made), "--serial", str(serial), "--counters", str(counters), *_image(board, elf, folder)]
        (folder / "signal").write_bytes(loaded.ljust(64, b"\0"))
        words += ["--signal", f"{simulator.signal_at:#x}", "--rom", f"{simulator.signal_at:#x}", str(folder / "signal")]
        seconds = listen(words, board.name, serial, errors, hear, stall_s)
        data = counters.read_bytes() if counters.is_file() else b""
    whole = len(data) // 16 * 16  # it may have been stopped in the middle of a write
    return Simulated(seconds, np.frombuffer(data[:whole], "<u8").reshape(-1, 2))


def _image(board: Board, elf: Path, folder: Path) -> list[str]:
    """The board's memories with the image in its flash, as arguments."""
    words: list[str] = []
    with elf.open("rb") as stream:
        image = ELFFile(stream)
        parts = [(s["p_paddr"], s.data()) for s in image.iter_segments("PT_LOAD") if s["p_filesz"]]
        entry = image["e_entry"]
    for name, region in board.memory.items():
        if region.kind == "ram":
            words += ["--ram", f"{region.at:#x}", str(region.bytes)]
            continue
        content = bytearray(b"\xff" * region.bytes)
        for at, data in parts:
            if region.at <= at and at + len(data) <= region.end:
                content[at - region.at : at - region.at + len(data)] = data
        (folder / name).write_bytes(content)
        words += ["--rom", f"{region.at:#x}", str(folder / name)]
    return [*words, "--entry", f"{entry:#x}"]
