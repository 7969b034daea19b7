"""The bench image (firmware/bench/) on a simulated board, telling what each layer writes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import qemu
from stator.sim.bench import STALL_S, Segment
from stator.sim.records import LINE_LIMIT, checked, number, unhex

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


class _Heard:
    """The bytes of every tensor of every run so far."""

    def __init__(self) -> None:
        self.tensors: dict[tuple[int, int], bytearray] = {}
        self.ended = False
        self._rest = b""

    def feed(self, data: bytes) -> bool:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for text in lines:
            self._line(text.removesuffix(b"\r"))
        if len(self._rest) > LINE_LIMIT:
            raise ToolError("the image sends no lines")
        return self.ended

    def _line(self, text: bytes) -> None:
        if text.startswith(b"FAIL "):
            raise ToolError(f"the image gave up: {ascii(text[5:200])[2:-1]}")
        body = checked(text)
        if not text:
            return
        try:
            if body is None:
                raise ValueError("checksum")
            kind, *words = body.decode("ascii").split(",")
            if kind == "O":
                run, tensor, at = map(number, words[:3])
                held = self.tensors.setdefault((run, tensor), bytearray())
                if at != len(held):
                    raise ValueError("a piece is missing")
                held += unhex(words[3])
            self.ended = self.ended or kind == "E"
        except (ValueError, IndexError) as error:
            raise ToolError(f"the image said what cannot be decoded ({error}): {ascii(text[:80])[2:-1]}") from None


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
