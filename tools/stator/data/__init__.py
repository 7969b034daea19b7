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
    def scan_hz(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def counts_per_g(self) -> float: ...
    @property
    def half_samples(self) -> int: ...


def load_signal(spec: str, sample_hz: int = SAMPLE_HZ, channels: int = 1) -> Signal:
    """`cwru:NNN`, `uestc:FILE`, `synthetic` (or `synthetic:LABEL`), or a path to a .npy, .wav or .mat file, at this rate. A file must
    have it; the others are resampled. Files may have several channels, and `synthetic` makes them of as many machines; the recordings
    have one. Raises SignalError."""
    kind, _, rest = spec.partition(":")
    if channels > 1 and kind in ("cwru", "uestc"):
        raise SignalError(
            f"{spec[:40]}: has one channel, and the model takes {channels}",
            remedy=f"synthetic, or a .npy or .wav file of shape (samples, {channels})",
        )
    if kind == "cwru":
        return load_cwru(rest, sample_hz)
    if kind == "uestc":
        return load_uestc(rest, sample_hz)
    if kind == "synthetic":
        if rest and rest not in LABELS:
            raise SignalError(f"no synthetic signal '{rest[:40]}'", remedy=f"synthetic:{'|'.join(LABELS)}")
        made = [demo_signal(rest or "inner", seed=6205 + 100 * channel) for channel in range(channels)]
        samples = [resampled(signal.samples, signal.sample_hz, sample_hz) for signal in made]
        return replace(made[0], sample_hz=sample_hz, samples=samples[0] if channels == 1 else np.stack(samples, axis=1))
    return load_file(Path(spec), sample_hz, channels)


def load_halves(spec: str, given: Sensed) -> npt.NDArray[np.int16]:
    """The signal as the DMA puts it down: (halves, samples of a half). Raises SignalError."""
    signal = load_signal(spec, given.scan_hz, given.channels)
    halves = to_counts(signal, given.counts_per_g).halves(given.half_samples)
    if not len(halves):
        raise SignalError(f"{signal.name}: has {signal.samples.size:,} samples", remedy=f"{given.half_samples:,} at least: one frame")
    return halves
