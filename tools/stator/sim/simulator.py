"""The simulator of a board, whichever its board.yml names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stator.board import Board, boards_that
from stator.errors import ToolError
from stator.sim import qemu, verilator
from stator.sim.verilator import Counters


def has_one(board: Board) -> bool:
    """Whether an image for the board can be run here, given that what runs it is installed."""
    return board.simulator is not None and board.simulator.kind in ("qemu", "verilator")


def version(board: Board) -> str:
    """The simulator's own name for itself. Raises ToolError where there is none, or where it is not installed."""
    simulator = board.simulator
    if simulator is None or not has_one(board):
        raise ToolError(f"board '{board.name}' has no simulator here", remedy=f"one that has: {', '.join(boards_that(has_one))}")
    return verilator.version() if simulator.kind == "verilator" else qemu.version(qemu.find(simulator))


def simulate(
    board: Board, elf: Path, hear: Callable[[bytes], bool], *, loaded: bytes = b"", stall_s: float = 120.0, more: Sequence[str] = ()
) -> tuple[float, Counters | None]:
    """Runs `elf` until `hear`, which gets the serial bytes as they come, returns True, or until the program ends by itself.

    Returns the wall-clock seconds and, from RTL, the two counters at every read. `more`: further arguments of QEMU's. Raises ToolError.
    """
    if board.simulator is not None and board.simulator.kind == "verilator":
        done = verilator.simulate(board, elf, hear, loaded=loaded, stall_s=2 * stall_s)
        return done.seconds, done.counters
    return qemu.simulate(board, elf, hear, loaded=loaded, stall_s=stall_s, more=more), None
