"""What QEMU ran: a plugin (blocks_plugin.c) counts the blocks of instructions between two passes of a function. Thumb code only."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stator.build import locked
from stator.data.archives import cache_folder
from stator.errors import ToolError
from stator.sim import qemu

SOURCE = Path(__file__).with_name("blocks_plugin.c")
NEWEST = 8  # QEMU 9 speaks another version of the interface
_FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden")
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
        yield Recording(("-plugin", f"{_plugin()},mark={mark:#x},out={file}"), file)


@functools.cache
def possible(program: str) -> bool:
    """Whether this QEMU takes the plugin, and a compiler is here to make it."""
    version = re.search(r"version (\d+)\.", qemu.version(program))
    help_ = subprocess.run([program, "-help"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
    return version is not None and int(version[1]) <= NEWEST and "-plugin" in help_ and shutil.which("cc") is not None


def _plugin() -> Path:
    """The plugin, compiled where it is not there yet."""
    identity = hashlib.sha256("\0".join(_FLAGS).encode() + SOURCE.read_bytes()).hexdigest()[:12]
    made = cache_folder() / "qemu" / f"blocks-{identity}.so"
    with locked(made.parent):
        if not made.is_file():
            fresh = made.with_suffix(".new")
            done = subprocess.run(["cc", *_FLAGS, str(SOURCE), "-o", str(fresh)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise ToolError("QEMU's plugin could not be compiled", details=done.stderr.splitlines()[:6])
            fresh.replace(made)
    return made
