"""Building an image: drives the CMake project, the same that an IDE or `cmake --preset` drives."""

from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stator.board import Board
from stator.cmake import Rtos, baremetal_port, planned
from stator.errors import DoesNotFit, StatorError, ToolError
from stator.memory import MemoryPlan
from stator.notice import notice
from stator.paths import BOARDS, MODELS, ROOT
from stator.progress import progress, status
from stator.selection import DEFAULT
from stator.spec import ModelSpec

TOOLCHAINS = {
    "arm": ("arm-none-eabi-gcc", "gcc-arm-none-eabi libnewlib-arm-none-eabi"),
    "riscv": ("riscv64-unknown-elf-gcc", "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf"),
}
SHOWN_LINES = 14
Variant = Literal["", "stress", "trace"]
"""Folders of firmware/port/freertos that may be added to an image: telemetry floods and nothing sleeps; or it notes what runs when."""


@dataclass(frozen=True, slots=True)
class Image:
    """A linked firmware. `build_dir` also holds what the compiler noted: .su and .ci files, compile_commands.json, build.log."""

    elf: Path
    map: Path
    build_dir: Path
    board: Board
    spec: ModelSpec
    plan: MemoryPlan
    compiler: str
    rtos: Rtos = "freertos"


def build(board: Board, spec: ModelSpec, *, rtos: Rtos = "freertos", variant: Variant = "", kernels: str = DEFAULT) -> Image:
    """Builds the monitor firmware of `spec` for `board` in build/<board>/<model>/.

    Below that in a folder of its own where `rtos` is another, or `variant` gives an image with FreeRTOS more to do. `kernels`: how they
    are chosen, by a name of stator.selection.

    Raises DoesNotFit before or after linking, ToolError for missing or failing tools, and what the stages before raise.
    """
    if board.isa == "host":
        raise StatorError(
            f"board '{board.name}' is this machine and takes no firmware",
            remedy=f"`stator compile --model {spec.name} --board {board.name}` for the model's C",
        )
    if not spec.streams:
        raise StatorError(
            f"model '{spec.name}' has no model.yml with features and window, so no firmware can feed it from a sensor",
            remedy=f"`stator compile --model {spec.path} --board {board.name}` for its C, or `stator bench` to measure it",
        )
    compiler = toolchain(board)
    cmake, ninja = tool("cmake"), tool("ninja")
    if rtos == "baremetal":
        baremetal_port(board)
    plan = planned(board, spec, rtos=rtos, kernels=kernels)
    build_dir = ROOT / "build" / board.name / spec.name / (variant or ("" if rtos == "freertos" else rtos))
    with locked(build_dir), (build_dir / "build.log").open("w", encoding="utf-8") as log:
        settings = {
            "STATOR_BOARD": _argument(board.folder, BOARDS),
            "STATOR_MODEL": _argument(spec.folder, MODELS),
            "STATOR_PYTHON": sys.executable,
            "STATOR_RTOS_WANTED": rtos,
            "STATOR_KERNELS": kernels,
            "STATOR_STRESS": "ON" if variant == "stress" else "OFF",
            "STATOR_TRACE": "ON" if variant == "trace" else "OFF",
            "CMAKE_MAKE_PROGRAM": ninja,
        }
        words = [cmake, "-G", "Ninja", "-S", str(ROOT), "-B", str(build_dir), *(f"-D{name}={value}" for name, value in settings.items())]
        with status(f"configuring {board.name}"):
            code, lines = _run(words, log)
            if code != 0 and any("CMakeCache.txt" in line or "generator" in line for line in lines):
                code, lines = _run([*words, "--fresh"], log)  # a cache of another place or another tool
        if code != 0:
            raise ToolError(f"CMake could not set up the build of {board.name}", details=(*_essence(lines), f"all it said: {log.name}"))
        with progress(f"building {board.name}", 100) as show:
            code, lines = _run([cmake, "--build", str(build_dir)], log, show)
        if code != 0:
            _explain(board, plan, lines, log.name)
    elf = build_dir / "firmware.elf"
    (build_dir / "NOTICE").write_text(notice(elf.with_suffix(".map"), board), encoding="utf-8")
    return Image(elf, elf.with_suffix(".map"), build_dir, board, spec, plan, compiler, rtos)


def toolchain(board: Board) -> str:
    """Name and version of the compiler. Raises ToolError with what to install."""
    program, packages = TOOLCHAINS[board.isa]
    found = shutil.which(program)
    if found is None:
        raise ToolError(f"{program}, the compiler for {board.name}, was not found", remedy=f"apt-get install {packages}")
    version = subprocess.run([found, "-dumpfullversion"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if version.returncode != 0:
        raise ToolError(f"{program} does not start: {version.stderr.strip()[:200]}", remedy=f"apt-get install --reinstall {packages}")
    return f"{program} {version.stdout.strip()}"


def tool(name: str) -> str:
    """A build tool: the one that came with this Python environment, else the one on PATH. Raises ToolError."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise ToolError(f"{name} was not found", remedy="./inv --list, which completes the environment")
    return found


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One build at a time in a folder; makes the folder. Another waits."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with status(f"waiting for another build in {folder}"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _argument(folder: Path, home: Path) -> str:
    """A folder of the tree by its name, as the presets give it; any other by its path."""
    return folder.name if folder.parent == home else str(folder)


def _run(words: list[str], log: object, show: Callable[[int], None] | None = None) -> tuple[int, list[str]]:
    """Runs a command; its output goes to the log and is returned as lines. `show` is told per cent from Ninja's [n/m]."""
    lines: list[str] = []
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", file=log)  # type: ignore[call-overload]
            lines.append(line.rstrip())
            step = re.match(r"\[(\d+)/(\d+)\]", line)
            if show is not None and step and int(step[2]):
                show(100 * int(step[1]) // int(step[2]))
    return process.returncode, lines


def _essence(lines: list[str]) -> list[str]:
    """The lines that say what went wrong."""
    telling = [line.strip() for line in lines if re.search(r"error|undefined reference|overflow|not found|No such file", line, re.I)]
    telling = [
        line for line in telling if not line.startswith(("FAILED:", "CMake Error at", "ninja:", "collect2:", ": &&")) and len(line) < 400
    ]
    return (telling or [line for line in lines if line.strip()][-4:])[:SHOWN_LINES]


def _explain(board: Board, plan: MemoryPlan, lines: list[str], log: str) -> None:
    """Raises what the failed build means."""
    over = re.search(r"region [`'](\w+)' overflowed by (\d+) bytes", "\n".join(lines))
    if over:
        region, bytes_ = over[1], int(over[2])
        memory = board.memory.get(region)
        has = f" and has {memory.bytes:,} B" if memory else ""
        needs = f"needs {memory.bytes + bytes_:,} B" if memory else "is too small"
        tenants = sorted((i for i in plan.items if i.region == region), key=lambda i: -i.need.bytes)[:4]
        if memory is not None and memory.kind == "flash":
            tenants = []
        largest = (
            ", ".join(f"{i.need.what} {i.need.bytes:,} B" for i in tenants)
            or f"weights {plan.schedule.weights_bytes:,} B, the rest is code"
        )
        raise DoesNotFit(
            f"the firmware of model '{plan.spec.name}' does not fit board '{board.name}'",
            details=(f"{region} {needs}{has}: {bytes_:,} B too many", f"largest: {largest}"),
            remedy="a smaller model or window, or a board with more memory",
        )
    raise ToolError(f"the build for {board.name} failed", details=(*_essence(lines), f"all it said: {log}"))
