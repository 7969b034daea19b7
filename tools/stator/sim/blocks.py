"""What QEMU ran: a plugin (blocks_plugin.c) counts the blocks of instructions between two passes of a function. Thumb code only."""

from __future__ import annotations

import contextlib
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stator.sim import plugins

SOURCE = Path(__file__).with_name("blocks_plugin.c")
_RECORD = struct.Struct("<IIQQ")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of instructions, how often it ran, and how often it did not go on to what follows it in memory."""

    at: int
    bytes: int
    runs: int
    jumps: int


@dataclass(frozen=True, slots=True)
class Recording:
    """`arguments` for QEMU; once it has run, `passes` tells the blocks that ran before each pass of the mark."""

    arguments: tuple[str, ...]
    file: Path

    def passes(self) -> list[list[Block]]:
        found: list[list[Block]] = [[]]
        data = self.file.read_bytes() if self.file.is_file() else b""
        for record in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
            if any(record):
                found[-1].append(Block(*record))
            else:
                found.append([])
        return found[:-1]


@contextlib.contextmanager
def recording(mark: int) -> Iterator[Recording]:
    """Records passes of the function at address `mark`. Raises ToolError where the plugin cannot be made."""
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        file = Path(folder) / "blocks"
        yield Recording(("-plugin", f"{plugins.compiled(SOURCE)},mark={mark:#x},out={file}"), file)
