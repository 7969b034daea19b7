"""Replays a signal through an image on its simulated board and collects what the firmware says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.progress import progress
from stator.sim import qemu, simulator
from stator.sim.awake import Awake, watch
from stator.sim.counters import in_instructions
from stator.telemetry import Decoder, Record, Telemetry


class FirmwareFailed(ToolError):
    """The firmware said FAIL, or ended before it had said enough."""


@dataclass(frozen=True, slots=True)
class Run:
    """One replay: the decoded telemetry and what it was made with. `seconds` is wall-clock time.

    `instructions`: the records with their times in instructions, where the board's counter counts cycles of RTL. `awake`: what the core
    did in all that time, where something counts it.
    """

    board: str
    elf_sha256: str
    frames_asked: int
    telemetry: Telemetry
    simulator: str
    icount_shift: int | None
    seconds: float
    instructions: tuple[Record, ...] | None = None
    awake: Awake | None = None


def replay(board: Board, elf: Path, halves: qemu.Halves, frames: int, *, stall_s: float = 120.0) -> Run:
    """Runs `elf` on `board` over `halves` (int16 counts [n, samples], looped) until `frames` records have come.

    Raises FirmwareFailed with the firmware's own words, or with what is missing; ToolError for the simulator's own failures.
    """
    decoder = Decoder()
    with progress(f"running on {board.name}", frames) as show:

        def hear(data: bytes) -> bool:
            decoder.feed(data)
            show(min(len(decoder.records), frames))
            return decoder.failure is not None or len(decoder.records) >= frames

        with watch(board, elf) as watched:
            seconds, counters = simulator.simulate(
                board, elf, hear, loaded=simulator.signal_image(board, halves), stall_s=stall_s, more=watched.arguments, notes=watched.notes
            )
            telemetry = decoder.finish(cut=len(decoder.records) >= frames)
            awake = watched.seen(telemetry, counters)
    garbage = [f"not understood: {text}" for text in telemetry.garbage_shown]
    if telemetry.failure is not None:
        raise FirmwareFailed(
            f"the firmware on '{board.name}' gave up after {len(telemetry.records)} frames: {telemetry.failure}", details=garbage
        )
    if len(telemetry.records) < frames:
        raise FirmwareFailed(f"the firmware on '{board.name}' ended after {len(telemetry.records)} of {frames} frames", details=garbage)
    assert board.simulator is not None  # simulate() has run
    return Run(
        board=board.name,
        elf_sha256=hashlib.sha256(elf.read_bytes()).hexdigest(),
        frames_asked=frames,
        telemetry=telemetry,
        simulator=simulator.version(board),
        icount_shift=board.simulator.icount_shift,
        seconds=seconds,
        instructions=None if counters is None else in_instructions(telemetry.records[:frames], counters),
        awake=awake,
    )
