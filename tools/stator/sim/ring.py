"""Telemetry out of a board's memory, as a debugger reads it while the board runs: the control block of SEGGER's Real Time Transfer and its
ring (firmware/drivers/rtt/rtt.h)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from elftools.elf.elffile import ELFFile

from stator.errors import ToolError

_ID = b"SEGGER RTT".ljust(16, b"\0")
_CHANNEL = len(_ID) + 8  # behind the numbers of channels: name, ring, bytes, write, read, flags
_WRITE, _READ = _CHANNEL + 12, _CHANNEL + 16
_MOST = 1 << 16


class Memory(Protocol):
    """A debugger's hand on a board that stands still."""

    def read(self, address: int, count: int) -> bytes: ...

    def write(self, address: int, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Ring:
    """The first up channel of the control block at an address."""

    at: int

    @classmethod
    def of(cls, elf: Path) -> Ring:
        """Raises ToolError for an image without one."""
        with elf.open("rb") as file:
            table = ELFFile(file).get_section_by_name(".symtab")
            found = table.get_symbol_by_name("_SEGGER_RTT") if table is not None else None  # type: ignore[attr-defined]
        if not found:
            raise ToolError(f"{elf.name} has no control block of RTT", remedy="`telemetry: rtt` in board.yml, and a build")
        return cls(found[0]["st_value"])

    @property
    def write_at(self) -> int:
        """Where the firmware keeps its offset; it moves when a frame is whole."""
        return self.at + _WRITE

    def take(self, memory: Memory) -> bytes:
        """What is in the ring; it has room for more then. Nothing before the firmware has made the block. Raises ToolError."""
        block = memory.read(self.at, _READ + 4)
        if not block.startswith(_ID):
            return b""
        ring, size, write, read = struct.unpack_from("<4I", block, _CHANNEL + 4)
        if not (0 < size <= _MOST and write < size and read < size):
            raise ToolError(f"the control block of RTT is damaged: {size} bytes, offsets {write} and {read}")
        data = memory.read(ring + read, write - read) if write > read else b""
        if write < read:
            data = memory.read(ring + read, size - read) + (memory.read(ring, write) if write else b"")
        if data:
            memory.write(self.at + _READ, write.to_bytes(4, "little"))
        return data
