"""Programming a board with the program that its `board.yml` names, and what that program's failures mean.

Sources: probe-rs 0.32 (`probe-rs download --help`, `write`, `reset`); OpenOCD User's Guide, "Flash Programming", command `program`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board, Flash, boards_that
from stator.errors import ConfigError, ToolError
from stator.svd import chip_of
from stator.yamlfile import nearest, shown

INSTALL = {
    "probe-rs": "cargo install probe-rs-tools --locked, or the installer of its project",
    "openocd": "apt-get install openocd",
}
NO_PROBE = r"no (connected )?(debug )?probes? (was|were)? ?found|unable to find a matching|unable to open|no device found|open failed"
LOCKED = r"erase.all|core is locked|access.*protect"
ADAPTER_KHZ = 1000


@dataclass(frozen=True, slots=True)
class Command:
    """One command line of the runner, and what it does in words."""

    words: tuple[str, ...]
    does: str


def commands(board: Board, elf: Path, probe: str = "") -> tuple[Command, ...]:
    """What programs, verifies and starts `elf` on the board. `probe`: which probe, where several are there. Raises ConfigError."""
    flash = board.flash
    if flash is None:
        real = ", ".join(boards_that(lambda b: b.flash is not None))
        what = "is simulated: there is nothing to flash" if board.simulator else "does not say how it is flashed"
        raise ConfigError(f"board '{board.name}' {what}", remedy=f"a board with 'flash' in its board.yml: {real}")
    if probe and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,79}", probe):
        raise ConfigError(f"--probe '{probe[:80]}' is no probe's name", remedy="a serial number, or VID:PID:SERIAL for probe-rs")
    if flash.runner == "openocd":
        return (Command(_openocd(flash, elf, probe), "program, verify, start"),)
    return tuple(_probe_rs(flash, board, elf, probe))


def _openocd(flash: Flash, elf: Path, probe: str) -> tuple[str, ...]:
    scripts = tuple(word for script in flash.scripts for word in ("-f", script))
    serial = ("-c", f"adapter serial {probe}") if probe else ()
    return ("openocd", *scripts, *serial, "-c", f"adapter speed {ADAPTER_KHZ}", "-c", f"program {{{elf}}} verify reset exit")


def _probe_rs(flash: Flash, board: Board, elf: Path, probe: str) -> Iterator[Command]:
    which = ("--chip", flash.chip, "--non-interactive", *(("--probe", probe) if probe else ()))
    yield Command(("probe-rs", "download", *which, "--verify", str(elf)), "program, verify")
    for word in flash.then_write:
        command = ("probe-rs", "write", *which, "b32", f"{_address(board, word.to):#010x}", f"{word.value:#x}")
        yield Command(command, f"{word.to} = {word.value:#x}")
    yield Command(("probe-rs", "reset", *which), "start")


def _address(board: Board, name: str) -> int:
    """Address of a register PERIPHERAL.REGISTER as the chip's SVD file has it."""
    wanted, _, register = name.partition(".")
    for peripheral in chip_of(board)[0].peripherals:
        if peripheral.name == wanted:
            known = {r.name: r.offset for r in peripheral.registers}
            if register in known:
                return peripheral.base + known[register]
            raise ConfigError(f"{shown(board.file)}: {wanted} has no register '{register}', {nearest(register, tuple(known))}")
    raise ConfigError(f"{shown(board.file)}: 'registers' names no peripheral {wanted}", remedy=f"add {wanted} there")


def find(command: Command) -> None:
    """Raises ToolError where the command's program is missing."""
    program = command.words[0]
    if not shutil.which(program):
        raise ToolError(f"{program}, which flashes this board, was not found", remedy=INSTALL[program])


def run(command: Command) -> None:
    """Runs one command. Raises ToolError with what to do: no probe, a locked chip, or the program's own last words."""
    program = command.words[0]
    done = subprocess.run(command.words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    if re.search(NO_PROBE, said, re.IGNORECASE):
        raise ToolError(f"{program} finds no debug probe", details=_last(said), remedy="plug the probe in (its USB rights, its --probe ID)")
    if re.search(LOCKED, said, re.IGNORECASE):
        chip = command.words[command.words.index("--chip") + 1] if "--chip" in command.words else ""
        raise ToolError(
            f"the chip refuses the debugger: it is locked ({command.does})",
            details=_last(said),
            remedy=f"erase all of it, which unlocks it: {program} erase --chip {chip} --allow-erase-all; then flash again",
        )
    raise ToolError(f"{program} failed: {command.does}", details=_last(said), remedy="mend that and flash again")


def _last(text: str) -> list[str]:
    return [line.strip()[:160] for line in text.splitlines() if line.strip()][-4:]
