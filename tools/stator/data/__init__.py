"""Signals: recordings, files, and a generator that needs neither."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from stator.data.archives import available
from stator.data.files import load_file
from stator.data.recordings import load_cwru, load_uestc
from stator.data.signal import LABELS, SAMPLE_HZ, Counts, Signal, resampled, to_counts
from stator.data.synthetic import demo_signal
from stator.errors import SignalError

__all__ = ["LABELS", "Counts", "Signal", "available", "load_halves", "load_signal", "to_counts"]


class Sensed(Protocol):
    """`input` of a model.yml: what the sensor is asked for."""

    @property
    def sample_hz(self) -> int: ...
    @property
    def counts_per_g(self) -> float: ...
    @property
    def half_samples(self) -> int: ...


def load_signal(spec: str, sample_hz: int = SAMPLE_HZ) -> Signal:
    """`cwru:NNN`, `uestc:FILE`, `synthetic` (or `synthetic:LABEL`), or a path to a .npy, .wav or .mat file, at this rate. A file must
    have it; the others are resampled. Raises SignalError."""
    kind, _, rest = spec.partition(":")
    if kind == "cwru":
        return load_cwru(rest, sample_hz)
    if kind == "uestc":
        return load_uestc(rest, sample_hz)
    if kind == "synthetic":
        if rest and rest not in LABELS:
            raise SignalError(f"no synthetic signal '{rest[:40]}'", remedy=f"synthetic:{'|'.join(LABELS)}")
        signal = demo_signal(rest or "inner")
        return replace(signal, sample_hz=sample_hz, samples=resampled(signal.samples, signal.sample_hz, sample_hz))
    return load_file(Path(spec), sample_hz)


def load_halves(spec: str, given: Sensed) -> npt.NDArray[np.int16]:
    """The signal as the DMA puts it down: (halves, samples of a half). Raises SignalError."""
    signal = load_signal(spec, given.sample_hz)
    halves = to_counts(signal, given.counts_per_g).halves(given.half_samples)
    if not len(halves):
        raise SignalError(f"{signal.name}: has {signal.samples.size:,} samples", remedy=f"{given.half_samples:,} at least: one frame")
    return halves
