"""The bench image (firmware/bench/) on a simulated board, telling what each layer writes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import qemu
from stator.sim.bench import STALL_S, Segment, take_piece
from stator.sim.lines import Lines

MAGIC = 0x4C525453  # 'STRL', little endian


def order(inputs: Sequence[Segment], written: Sequence[tuple[int, Segment]], runs: Sequence[Sequence[bytes]]) -> bytes:
    """What lies in the board's signal memory: see firmware/bench/bench.h. `written`: (layer, segment) of each tensor."""
    words = [MAGIC, len(runs), len(inputs), len(written)]
    for at, size in (*inputs, *(segment for _, segment in written)):
        words += [at, size]
    words += [layer for layer, _ in written]
    data = bytearray(struct.pack(f"<{len(words)}I", *words))
    for run in runs:
        for content in run:
            data += content + bytes(-len(content) % 4)
    return bytes(data)


class _Heard(Lines):
    """The bytes of every tensor of every run so far."""

    def __init__(self) -> None:
        super().__init__("the image")
        self.tensors: dict[tuple[int, int], bytearray] = {}

    def take(self, kind: str, words: Sequence[str]) -> None:
        if kind == "O":
            take_piece(self.tensors, words)
        self.ended = self.ended or kind == "E"


def layers(
    board: Board, elf: Path, inputs: Sequence[Segment], written: Sequence[tuple[int, Segment]], runs: Sequence[Sequence[bytes]]
) -> list[list[bytes]]:
    """Per run, the bytes of each tensor of `written` right after its layer. Raises ToolError where the image fails or says too little."""
    heard = _Heard()
    qemu.simulate(board, elf, heard.feed, loaded=order(inputs, written, runs), stall_s=STALL_S)
    wanted = {(run, i): size for run in range(len(runs)) for i, (_, (_, size)) in enumerate(written)}
    if not heard.ended or {key: len(content) for key, content in heard.tensors.items()} != wanted:
        raise ToolError(f"the image on '{board.name}' ended before it had said everything")
    return [[bytes(heard.tensors[run, i]) for i in range(len(written))] for run in range(len(runs))]
