"""How much of the time the core is awake, of everything that the firmware does: tasks, interrupts, the supervisor, telemetry.

RTL: mcycle stands still while the core sleeps. Renode: the core's own count of instructions, noted at every frame of telemetry
(renode/Chip.cs). QEMU: a plugin (awake_plugin.c) counts instructions; where idle firmware spins instead of sleeping, turns of its
idle loop are taken off.
"""

from __future__ import annotations

import contextlib
import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stator.board import Board
from stator.measure.elf import read_elf
from stator.sim import plugins, qemu
from stator.sim.counters import entries
from stator.sim.verilator import Counters
from stator.telemetry import Telemetry

SOURCE = Path(__file__).with_name("awake_plugin.c")
IDLE = "vApplicationIdleHook"
FIRST = 2  # marks before it belong to the start
_MARK = struct.Struct("<QQQ")
_NOTE = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True)
class Awake:
    """`count` instructions or cycles in `seconds` of the board's time, sleep left out."""

    count: int
    unit: Literal["instructions", "cycles"]
    seconds: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Watch:
    """One run that is watched: `arguments` are for QEMU, `notes` is the file that the plugin or Renode's model fills."""

    board: Board
    arguments: tuple[str, ...]
    notes: Path

    def seen(self, told: Telemetry, counters: Counters | None) -> Awake | None:
        """What was seen from one half to another. None where there were too few, or where nothing counts."""
        banner = told.banner
        if banner is None:
            return None
        half_s = banner.half_ticks / banner.sample_clock_hz
        if counters is not None:
            return _of_rtl(told, counters, half_s)
        data = self.notes.read_bytes() if self.notes.is_file() else b""
        if self.arguments:
            return _of_qemu(self.board, _whole(_MARK, data), half_s)
        return _of_renode(_whole(_NOTE, data))


@contextlib.contextmanager
def watch(board: Board, elf: Path) -> Iterator[Watch]:
    """Raises ToolError where the plugin cannot be made."""
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        notes = Path(folder) / "awake"
        yield Watch(board, _plugin(board, elf, notes), notes)


def _plugin(board: Board, elf: Path, notes: Path) -> tuple[str, ...]:
    """The plugin's arguments; none where there is no QEMU, or where this one takes no plugin."""
    simulator, timing = board.simulator, board.timing
    if simulator is None or simulator.kind != "qemu" or timing is None or not plugins.possible(qemu.find(simulator)):
        return ()
    image = read_elf(elf)
    mark, idle = image.named(timing.handlers[timing.sensor[-1]]), image.named(IDLE)
    if mark is None or (simulator.spins and idle is None):
        return ()
    words = f"{plugins.compiled(SOURCE)},mark={mark.address:#x}"
    if simulator.spins and idle is not None:
        words += f",idle={idle.address:#x}"
    return ("-plugin", f"{words},out={notes}")


def _whole(layout: struct.Struct, data: bytes) -> list[tuple[int, ...]]:
    return list(layout.iter_unpack(data[: len(data) // layout.size * layout.size]))


def _of_qemu(board: Board, marks: Sequence[tuple[int, ...]], half_s: float) -> Awake | None:
    if len(marks) < FIRST + 2 or board.simulator is None or board.simulator.icount_shift is None:
        return None
    first, last = marks[FIRST], marks[-1]
    seconds = (len(marks) - 1 - FIRST) * half_s
    count = last[0] - first[0]
    if board.simulator.spins:  # what ran in so much virtual time, less the idle loop's turns
        count = round(seconds * 1e9) // (1 << board.simulator.icount_shift) - (last[1] - first[1]) * last[2]
    return Awake(count, "instructions", seconds)


def _of_rtl(told: Telemetry, counters: Counters, half_s: float) -> Awake | None:
    entered = entries(told.records, counters)
    if len(entered) < 2:
        return None
    halves = told.records[len(entered) - 1].sequence - told.records[0].sequence
    return Awake(entered[-1] - entered[0], "cycles", halves * half_s) if halves > 0 else None


def _of_renode(notes: Sequence[tuple[int, ...]]) -> Awake | None:
    """A note is what the core had executed, and virtual time in µs."""
    if len(notes) < FIRST + 2 or notes[-1][1] <= notes[FIRST][1]:
        return None
    (done, at), (done_last, at_last) = notes[FIRST], notes[-1]
    return Awake(done_last - done, "instructions", (at_last - at) / 1e6)
