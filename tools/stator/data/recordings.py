"""The recordings by name: CWRU's by number, UESTC's by file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from stator.data.archives import unpacked
from stator.data.files import read
from stator.data.signal import SAMPLE_HZ, Signal, checked
from stator.errors import SignalError

CWRU_LABELS = {"Normal": "healthy", "normal": "healthy", "IR": "inner", "B": "ball", "OR": "outer"}
UESTC_LABELS = {"N": "healthy", "I": "inner", "B": "ball", "O": "outer"}


def load_cwru(number: str, sample_hz: int = SAMPLE_HZ) -> Signal:
    """The CWRU recording whose file name ends in this number, brought to a rate: the decimated one where two do. Raises SignalError."""
    paths = cwru_files().get(int(number)) if re.fullmatch(r"\d{1,6}", number) else None
    if not paths:
        numbers = [str(n) for n in sorted(cwru_files())]
        near = difflib.get_close_matches(number, numbers, n=1, cutoff=0.3)
        hint = f"did you mean cwru:{near[0]}?" if near else f"cwru:{numbers[0]} to cwru:{numbers[-1]}"
        raise SignalError(f"no CWRU recording cwru:{number[:40]}", remedy=hint)
    path = next((p for p in paths if ".decimated_12k" in p.name), paths[0])
    said = re.search(r"(?:^|_)(Normal|normal|IR|OR|B)(?=\d|_)", path.name)
    hz = 48000 if path.parent.name == "normal" and ".decimated_12k" not in path.name else 12000
    rate, samples, rpm = read(path, f"cwru:{number}", hz)
    return checked(f"cwru:{number}", rate, samples, CWRU_LABELS[said[1]] if said else None, rpm, sample_hz)


def cwru_files() -> dict[int, list[Path]]:
    """The files of each recording by its number. Raises SignalError where there are none."""
    found: dict[int, list[Path]] = {}
    for path in sorted(unpacked("cwru").rglob("*.mat")):
        stem = re.sub(r"\.(decimated_12k|resaved_48k)$", "", path.stem)
        said = re.match(r"(\d+)_Normal_", stem) or re.search(r"_(\d+)$", stem)
        if said:
            found.setdefault(int(said[1]), []).append(path)
    if not found:
        raise SignalError("the CWRU folder holds no recording", remedy="unpack cwru.tar.xz again")
    return found


def load_uestc(file: str, sample_hz: int = SAMPLE_HZ) -> Signal:
    """The UESTC recording of this file name, with or without .mat, brought to a rate. `rpm` is the nominal speed. Raises SignalError."""
    folder = unpacked("uestc")
    names = sorted(p.stem for p in folder.glob("*.mat"))
    stem = file.removesuffix(".mat")
    if stem not in names:
        near = difflib.get_close_matches(stem, names, n=1, cutoff=0.3)
        hint = f"did you mean uestc:{near[0]}?" if near else f"one of {', '.join(names[:8])} ..."
        raise SignalError(f"no UESTC recording uestc:{file[:40]}", remedy=hint)
    rate, samples, _ = read(folder / f"{stem}.mat", f"uestc:{stem}")
    said = re.match(r"[A-Z]_(\d+)", stem)
    rpm = float(said[1]) if said else None
    return checked(f"uestc:{stem}", rate, samples, UESTC_LABELS.get(stem[:1]), rpm, sample_hz)
