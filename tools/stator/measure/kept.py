"""Runs that are kept for the report: `<build folder>/runs/<signal>.json`, the results and what each frame said and took."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.errors import ToolError
from stator.measure.oracle import UNKNOWN, Expected
from stator.telemetry import Record

_COLUMNS = ("label", "state", "confidence", "full", "sequence", "timestamp", "handover", "features", "inference", "decision")


@dataclass(frozen=True, slots=True)
class Kept:
    """One run. `results` are the fields of `invoke run`; `frames` columns of equal length, times in units of the board's counter."""

    path: Path
    results: Mapping[str, object]
    labels: tuple[str, ...]
    frames: Mapping[str, tuple[int | None, ...]]


def keep(
    build_dir: Path, results: Mapping[str, object], labels: Sequence[str], records: Sequence[Record], expected: Sequence[Expected]
) -> Path:
    """Writes one run, whole or not at all; a later run of the same signal takes its place."""
    columns: dict[str, list[int | None]] = {
        "state": [None if r.state == UNKNOWN else r.state for r in records],
        "full": [int(want.full) for want in expected],
    }
    for name in _COLUMNS:
        if name not in columns:
            columns[name] = [getattr(r, name) for r in records]
    folder = build_dir / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() else "_" for c in str(results["signal"])).strip("_") or "signal"
    target = folder / f"{name}.json"
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as file:
        json.dump({"results": results, "labels": list(labels), "frames": columns}, file, allow_nan=False)
    Path(file.name).replace(target)
    return target


def kept(build_dir: Path) -> list[Kept]:
    """All runs kept below a build folder, by name. Raises ToolError for a file that is none."""
    return [load_kept(path) for path in sorted((build_dir / "runs").glob("[!.]*.json"))]


def load_kept(path: Path) -> Kept:
    """Reads one run. Raises ToolError when the file is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        frames = {name: tuple(data["frames"][name]) for name in _COLUMNS}
        results, labels = data["results"], tuple(str(label) for label in data["labels"])
        whole = all(v is None or isinstance(v, int) for column in frames.values() for v in column)
        if not whole or len({len(column) for column in frames.values()}) != 1 or not isinstance(results, dict):
            raise ValueError("its columns do not fit together")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolError(f"{path}: not a kept run: {error}", remedy="remove it, and run again") from None
    return Kept(path, results, labels, frames)
