"""Signals: recordings, files, and a generator that needs neither."""

from __future__ import annotations

from pathlib import Path

from stator.data.archives import available
from stator.data.files import load_file
from stator.data.recordings import load_cwru, load_uestc
from stator.data.signal import LABELS, Counts, Signal, to_counts
from stator.data.synthetic import demo_signal
from stator.errors import SignalError

__all__ = ["LABELS", "Counts", "Signal", "available", "load_signal", "to_counts"]


def load_signal(spec: str) -> Signal:
    """`cwru:NNN`, `uestc:FILE`, `synthetic` (or `synthetic:LABEL`), or a path to a .npy, .wav or .mat file. Raises SignalError."""
    kind, _, rest = spec.partition(":")
    if kind == "cwru":
        return load_cwru(rest)
    if kind == "uestc":
        return load_uestc(rest)
    if kind == "synthetic":
        if rest and rest not in LABELS:
            raise SignalError(f"no synthetic signal '{rest[:40]}'", remedy=f"synthetic:{'|'.join(LABELS)}")
        return demo_signal(rest or "inner")
    return load_file(Path(spec))
