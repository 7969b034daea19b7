"""The simulator of a board, whichever its board.yml names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stator.board import HALF_SAMPLES, Board, boards_that
from stator.errors import SignalError, ToolError
from stator.sim import machines, qemu, renode, verilator
from stator.sim.verilator import Counters


def has_one(board: Board) -> bool:
    """Whether any image for the board can be run here, given that what runs it is installed."""
    return board.simulator is not None and board.simulator.kind in ("qemu", "verilator")


def replays(board: Board) -> bool:
    """Whether a signal can be replayed through the board's firmware: chips on Renode run that, and no measuring images."""
    return has_one(board) or (board.simulator is not None and board.simulator.kind == "renode")


def version(board: Board) -> str:
    """The simulator's own name for itself. Raises ToolError where there is none, or where it is not installed."""
    simulator = board.simulator
    if simulator is None or not replays(board):
        raise ToolError(f"board '{board.name}' has no simulator here", remedy=f"one that has: {', '.join(boards_that(has_one))}")
    if simulator.kind == "renode":
        try:
            return renode.version(renode.find())
        except ToolError as error:
            others = ", ".join(boards_that(has_one))
            raise ToolError(
                f"board '{board.name}' runs on Renode, and there is no renode on PATH",
                remedy=f"{error.remedy}; or a board that runs without it: {others}",
            ) from None
    return verilator.version() if simulator.kind == "verilator" else qemu.version(qemu.find(simulator))


def signal_image(board: Board, halves: qemu.Halves) -> bytes:
    """What `simulate` loads to play `halves`, int16 [n, samples]. Raises SignalError where the board's simulator cannot feed halves of
    that many samples: RTL's DMA (rtl/system.cpp) has one size."""
    if board.simulator is not None and board.simulator.kind == "verilator" and halves.shape[1] != HALF_SAMPLES:
        raise SignalError(
            f"the simulator of {board.name} feeds halves of {HALF_SAMPLES:,} samples, and the model asks for {halves.shape[1]:,}",
            remedy="a board that QEMU or Renode simulates",
        )
    return qemu.signal_image(halves)


def simulate(
    board: Board,
    elf: Path,
    hear: Callable[[bytes], bool],
    *,
    loaded: bytes = b"",
    stall_s: float = 120.0,
    more: Sequence[str] = (),
    notes: Path | None = None,
) -> tuple[float, Counters | None]:
    """Runs `elf` until `hear`, which gets the serial bytes as they come, returns True, or until the program ends by itself.

    Returns the wall-clock seconds and, from RTL, the two counters at every read. `more`: further arguments of QEMU's. `notes`: a file
    that gets what Renode notes of the core at every frame (stator.sim.awake). Raises ToolError.
    """
    if board.telemetry == "rtt":
        return machines.listen(board, elf, hear, loaded), None
    if board.simulator is not None and board.simulator.kind == "verilator":
        done = verilator.simulate(board, elf, hear, loaded=loaded, stall_s=2 * stall_s)
        return done.seconds, done.counters
    if board.simulator is not None and board.simulator.kind == "renode":
        return renode.simulate(board, elf, hear, signal=loaded[qemu.SIGNAL_HEADER_BYTES :], stall_s=2 * stall_s, notes=notes), None
    return qemu.simulate(board, elf, hear, loaded=loaded, stall_s=stall_s, more=more), None
