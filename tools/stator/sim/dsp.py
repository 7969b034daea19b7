"""The image of the front end's routines (firmware/bench/dsp.c) on a simulated board: calls go in, counts and outputs come out."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import simulator
from stator.sim.bench import STALL_S, take_piece
from stator.sim.blocks import Block, recording
from stator.sim.lines import Lines, number

MAGIC = 0x53445453  # 'STDS', little endian
ROUTINES = (
    "",
    "stator_fft",
    "stator_real_fft",
    "stator_frame_fft",
    "stator_loop_magnitudes",
    "stator_log2_q8",
    "stator_envelope",
    "stator_mel_bands",
    "stator_rfft_q15",
    "stator_frame_rfft_q15",
)
"""By the number that dsp.c knows them by; the first is no routine, and tells what calling takes."""


@dataclass(frozen=True, slots=True)
class Call:
    """One of ROUTINES with its numbers, the bytes it reads, and how many it writes."""

    routine: str
    numbers: tuple[int, ...]
    given: bytes
    out_bytes: int


NOTHING = Call("", (), b"", 0)


@dataclass(frozen=True, slots=True)
class Said:
    """By call: units of the board's counter, and the output. `retired`: instructions at each of the two reads of the counter around
    each call, from RTL; `passes`: what ran before each, where it was recorded. Calling is not subtracted."""

    units: tuple[int, ...]
    outputs: tuple[bytes, ...]
    retired: tuple[int, ...]
    passes: tuple[tuple[Block, ...], ...]


class _Heard(Lines):
    def __init__(self) -> None:
        super().__init__("the image of the front end")
        self.units: dict[int, int] = {}
        self.outputs: dict[tuple[int, int], bytearray] = {}

    def take(self, kind: str, words: Sequence[str]) -> None:
        if kind == "R":
            call, units = map(number, words)
            self.units[call] = units
        elif kind == "O":
            take_piece(self.outputs, words)
        elif kind == "E":
            self.ended = True
        else:
            raise ValueError("kind")


def order(calls: Sequence[Call]) -> bytes:
    """What lies in the board's signal memory."""
    data = bytearray(struct.pack("<II", MAGIC, len(calls)))
    for call in calls:
        numbers = (*call.numbers, 0, 0, 0)[:3]
        data += struct.pack("<IiiiII", ROUTINES.index(call.routine), *numbers, len(call.given), call.out_bytes)
    return bytes(data) + b"".join(call.given for call in calls)


def count(board: Board, elf: Path, calls: Sequence[Call], mark: int | None) -> Said:
    """Runs the image. `mark`: as of stator.sim.bench.count. Raises ToolError where it fails or says too little."""
    heard = _Heard()
    with recording(mark) if mark is not None else contextlib.nullcontext() as record:
        more = record.arguments if record else ()
        _, counters = simulator.simulate(board, elf, heard.feed, loaded=order(calls), stall_s=STALL_S, more=more)
        passes = record.passes() if record else []
    sizes = [len(heard.outputs.get((i, 0), b"")) for i in range(len(calls))]
    if not heard.ended or sorted(heard.units) != list(range(len(calls))) or sizes != [call.out_bytes for call in calls]:
        raise ToolError(f"the image of the front end on '{board.name}' ended before it had said everything")
    retired = () if counters is None else tuple(int(i) for i in counters[:, 1])
    units = tuple(heard.units[i] for i in range(len(calls)))
    return Said(units, tuple(bytes(heard.outputs.get((i, 0), b"")) for i in range(len(calls))), retired, tuple(map(tuple, passes)))
