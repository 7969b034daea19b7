"""A recording of telemetry is the serial stream itself, byte for byte: nothing is lost, and every frame keeps its checksum."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stator.errors import SignalError, ToolError
from stator.telemetry import Record, decode

MAX_BYTES = 1 << 30


@contextlib.contextmanager
def recording(path: Path | None) -> Iterator[Callable[[bytes], None]]:
    """A function that appends bytes to a new file, and to nothing where there is no path. Raises ToolError."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("xb", buffering=0)
    except FileExistsError:
        raise ToolError(f"{path}: is there already, and a recording never replaces another", remedy="another name, or move it") from None
    except OSError as error:
        raise ToolError(f"{path}: cannot be written: {error.strerror}", remedy="a file in a folder that you may write to") from None

    def keep(data: bytes) -> None:
        try:
            file.write(data)
        except OSError as error:
            raise ToolError(f"{path}: the recording stops here: {error.strerror}", remedy="free some space and start a new one") from None

    with file:
        yield keep


def columns(path: Path, frames: int) -> list[npt.NDArray[np.int8]]:
    """The features of a recording, as training wants them: runs of at least `frames` columns without a gap, each (columns, features).

    Raises SignalError.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SignalError(f"{path.name}: is larger than {MAX_BYTES:,} B", remedy="split it at a zero byte")
        said = decode(path.read_bytes())
    except OSError as error:
        raise SignalError(f"{path.name}: cannot be read: {error.strerror}", remedy="a file that `invoke monitor --record` wrote") from None
    runs = [run for run in _runs(said.records) if len(run) >= frames]
    if not runs:
        raise SignalError(
            f"{path.name}: has {len(said.records):,} records and no {frames} in a row, and {said.garbage:,} pieces that do not decode",
            remedy="record for longer",
        )
    return [np.frombuffer(b"".join(r.column for r in run), np.int8).reshape(len(run), -1) for run in runs]


def _runs(records: tuple[Record, ...]) -> list[list[Record]]:
    """Records whose sequence numbers follow one another, and whose columns have one length."""
    runs: list[list[Record]] = []
    for record in records:
        before = runs[-1][-1] if runs else None
        if before is None or record.sequence != before.sequence + 1 or len(record.column) != len(before.column):
            runs.append([])
        runs[-1].append(record)
    return runs
