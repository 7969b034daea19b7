"""The bench image (firmware/bench/) on a simulated board: inputs go in, counts and outputs come out."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import simulator
from stator.sim.counters import of_bench
from stator.sim.records import LINE_LIMIT, checked, number, unhex

MAGIC = 0x4E425453  # 'STBN', little endian
STALL_S = 300.0

Segment = tuple[int, int]  # offset and bytes in the arena


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of the board's counter: one inference per run, and each layer once, what measuring takes subtracted; and the outputs.

    `run_instructions`, `layer_instructions`: the same in instructions, where the board's counter counts cycles of RTL.
    """

    runs: tuple[int, ...]
    outputs: tuple[tuple[bytes, ...], ...]  # per run, per output
    layers: tuple[int, ...]
    simulator: str
    run_instructions: tuple[int, ...] | None = None
    layer_instructions: tuple[int, ...] | None = None


@dataclass(slots=True)
class _Heard:
    """The lines so far."""

    overhead: int = 0
    layers_due: int = -1
    runs: dict[int, int] = field(default_factory=dict)
    outputs: dict[tuple[int, int], bytes] = field(default_factory=dict)
    layers: dict[int, int] = field(default_factory=dict)
    ended: bool = False
    rest: bytes = b""

    def feed(self, data: bytes) -> bool:
        """Takes serial bytes; True when the image has said all. Raises ToolError for FAIL and for what cannot be decoded."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for text in lines:
            self._line(text.removesuffix(b"\r"))
        if len(self.rest) > LINE_LIMIT:
            raise ToolError("the bench image sends no lines")
        return self.ended

    def _line(self, text: bytes) -> None:
        if text.startswith(b"FAIL "):
            raise ToolError(f"the bench image gave up: {ascii(text[5:200])[2:-1]}")
        body = checked(text)
        if not text:
            return
        try:
            if body is None:
                raise ValueError("checksum")
            kind, *words = body.decode("ascii").split(",")
            if kind == "B":
                said = dict(word.split("=", 1) for word in words)
                self.overhead, self.layers_due = number(said["overhead"]), number(said["layers"])
            elif kind == "R":
                run, units = map(number, words)
                self.runs[run] = units - self.overhead
            elif kind == "O":
                run, output, at = map(number, words[:3])
                before = self.outputs.get((run, output), b"")
                if at != len(before):
                    raise ValueError("a piece of an output is missing")
                self.outputs[run, output] = before + unhex(words[3])
            elif kind == "L":
                layer, units, overhead = map(number, words)
                self.layers[layer] = units - overhead
            elif kind == "E":
                self.ended = True
            else:
                raise ValueError("kind")
        except (ValueError, KeyError, IndexError) as error:
            raise ToolError(f"the bench image said what cannot be decoded ({error}): {ascii(text[:80])[2:-1]}") from None


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


def count(board: Board, elf: Path, inputs: Sequence[Segment], outputs: Sequence[Segment], runs: Sequence[Sequence[bytes]]) -> Counts:
    """Runs a bench image over `runs` (per run the bytes of each input). Raises ToolError where it fails or says too little."""
    heard = _Heard()
    _, counters = simulator.simulate(board, elf, heard.feed, loaded=order(inputs, outputs, runs), stall_s=STALL_S)
    wanted = {(run, output): bytes_ for run in range(len(runs)) for output, (_, bytes_) in enumerate(outputs)}
    if (
        not heard.ended
        or sorted(heard.runs) != list(range(len(runs)))
        or sorted(heard.layers) != list(range(heard.layers_due))
        or {key: len(content) for key, content in heard.outputs.items()} != wanted
    ):
        raise ToolError(f"the bench image on '{board.name}' ended before it had said everything")
    run_instructions, layer_instructions = (None, None) if counters is None else of_bench(counters, len(runs), heard.layers_due)
    return Counts(
        runs=tuple(heard.runs[run] for run in range(len(runs))),
        outputs=tuple(tuple(heard.outputs[run, output] for output in range(len(outputs))) for run in range(len(runs))),
        layers=tuple(heard.layers[layer] for layer in range(heard.layers_due)),
        simulator=simulator.version(board),
        run_instructions=run_instructions,
        layer_instructions=layer_instructions,
    )
