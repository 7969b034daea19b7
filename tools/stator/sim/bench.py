"""The bench image (firmware/bench/) on a simulated board: inputs go in, counts and outputs come out."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import simulator
from stator.sim.blocks import Block, recording
from stator.sim.counters import of_bench
from stator.sim.lines import Lines, number, unhex
from stator.sim.verilator import Counters

MAGIC = 0x4E425453  # 'STBN', little endian
STALL_S = 300.0

Segment = tuple[int, int]  # offset and bytes in the arena


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of the board's counter: one inference per run, and each layer once, what measuring takes subtracted; and the outputs.

    `run_instructions`, `layer_instructions`: the same in instructions, where the board's counter counts cycles of RTL. `passes`: what
    ran before each read of the counter, where that was recorded.
    """

    runs: tuple[int, ...]
    outputs: tuple[tuple[bytes, ...], ...]  # per run, per output
    layers: tuple[int, ...]
    simulator: str
    run_instructions: tuple[int, ...] | None = None
    layer_instructions: tuple[int, ...] | None = None
    passes: tuple[tuple[Block, ...], ...] = ()


class _Heard(Lines):
    """What a bench image said so far."""

    def __init__(self) -> None:
        super().__init__("the bench image")
        self.overhead = 0
        self.layers_due = -1
        self.runs: dict[int, int] = {}
        self.outputs: dict[tuple[int, int], bytearray] = {}
        self.layers: dict[int, int] = {}

    def take(self, kind: str, words: Sequence[str]) -> None:
        if kind == "B":
            said = dict(word.split("=", 1) for word in words)
            self.overhead, self.layers_due = number(said["overhead"]), number(said["layers"])
        elif kind == "R":
            run, units = map(number, words)
            self.runs[run] = units - self.overhead
        elif kind == "O":
            take_piece(self.outputs, words)
        elif kind == "L":
            layer, units, overhead = map(number, words)
            self.layers[layer] = units - overhead
        elif kind == "E":
            self.ended = True
        else:
            raise ValueError("kind")


def take_piece(held: dict[tuple[int, int], bytearray], words: Sequence[str]) -> None:
    """`O,<run>,<number>,<offset>,<hex>`: the next piece of an output or a tensor. Raises ValueError where one is missing."""
    run, which, at = map(number, words[:3])
    content = held.setdefault((run, which), bytearray())
    if at != len(content):
        raise ValueError("a piece is missing")
    content += unhex(words[3])


def order(inputs: Sequence[Segment], outputs: Sequence[Segment], runs: Sequence[Sequence[bytes]]) -> bytes:
    """What lies in the board's signal memory: see firmware/bench/bench.h."""
    words = [MAGIC, len(runs), len(inputs), len(outputs)]
    for at, bytes_ in (*inputs, *outputs):
        words += [at, bytes_]
    data = bytearray(struct.pack(f"<{len(words)}I", *words))
    for run in runs:
        for (_, bytes_), content in zip(inputs, run, strict=True):
            if len(content) != bytes_:
                raise ValueError(f"an input has {len(content)} B, the model takes {bytes_}")
            data += content + bytes(-bytes_ % 4)
    return bytes(data)


def count(
    board: Board,
    elf: Path,
    inputs: Sequence[Segment],
    outputs: Sequence[Segment],
    runs: Sequence[Sequence[bytes]],
    mark: int | None = None,
) -> Counts:
    """Runs a bench image over `runs` (per run the bytes of each input). `mark`: the address of the function that reads the counter,
    where all that runs between two reads is to be recorded (QEMU only). Raises ToolError where it fails or says too little."""
    heard = _Heard()
    with recording(mark) if mark is not None else contextlib.nullcontext() as record:
        more = record.arguments if record else ()
        _, counters = simulator.simulate(board, elf, heard.feed, loaded=order(inputs, outputs, runs), stall_s=STALL_S, more=more)
        passes = record.passes() if record else ()
    wanted = {(run, output): bytes_ for run in range(len(runs)) for output, (_, bytes_) in enumerate(outputs)}
    if (
        not heard.ended
        or sorted(heard.runs) != list(range(len(runs)))
        or sorted(heard.layers) != list(range(heard.layers_due))
        or {key: len(content) for key, content in heard.outputs.items()} != wanted
    ):
        raise ToolError(f"the bench image on '{board.name}' ended before it had said everything")
    run_instructions, layer_instructions = (None, None) if counters is None else _retired(counters, len(runs), heard.layers_due)
    return Counts(
        runs=tuple(heard.runs[run] for run in range(len(runs))),
        outputs=tuple(tuple(bytes(heard.outputs[run, output]) for output in range(len(outputs))) for run in range(len(runs))),
        layers=tuple(heard.layers[layer] for layer in range(heard.layers_due)),
        simulator=simulator.version(board),
        run_instructions=run_instructions,
        layer_instructions=layer_instructions,
        passes=tuple(map(tuple, passes)),
    )


def _retired(counters: Counters, runs: int, layers: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return of_bench([int(i) for i in counters[:, 1]], runs, layers)
