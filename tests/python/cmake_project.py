"""Helpers: sets up and builds the CMake project, or another one, in a folder of the test's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from stator.build import tool
from stator.paths import ROOT


def run(words: list[str], **options: Any) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, f"{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return str(done.stdout)


def configure(source: Path, build: Path, **settings: str) -> str:
    """`cmake -S source -B build` with these cache variables."""
    given = {"CMAKE_MAKE_PROGRAM": tool("ninja"), "STATOR_PYTHON": sys.executable, **settings}
    return run([tool("cmake"), "-G", "Ninja", "-S", str(source), "-B", str(build), *(f"-D{name}={value}" for name, value in given.items())])


def make(build: Path) -> str:
    """`cmake --build build`."""
    return run([tool("cmake"), "--build", str(build)])


def firmware(build: Path, board: Path | str, model: str = "bearing", source: Path = ROOT) -> Path:
    """firmware.elf for a board, made in the folder `build`."""
    configure(source, build, STATOR_BOARD=str(board), STATOR_MODEL=model)
    make(build)
    return build / "firmware.elf"
