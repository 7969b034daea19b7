"""A vibration signal, at the rate and in the counts that the firmware's ADC would give."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from stator.errors import SignalError

LABELS = ("healthy", "inner", "ball", "outer")
SAMPLE_HZ = 12000
FRAME_SAMPLES = 1024
ADC_MAX = 2047
MIN_HZ, MAX_HZ = 8000, 200_000
MAX_SAMPLES = 50_000_000

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signal:
    """Acceleration in g: (samples) of one channel, or (samples, channels). `label`: one of LABELS where the truth is known; `rpm`: the
    shaft's speed where it is."""

    name: str
    sample_hz: int
    samples: Samples
    label: str | None = None
    rpm: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """A signal as a signed 12-bit ADC gives it, shaped as it was. `clipped`: samples that were beyond its range."""

    samples: npt.NDArray[np.int16]
    clipped: int

    @property
    def frames(self) -> npt.NDArray[np.int16]:
        """Whole frames: (frames, 1024)."""
        return self.halves(FRAME_SAMPLES)

    def halves(self, samples: int) -> npt.NDArray[np.int16]:
        """Whole halves of so many samples, scan after scan where there are several channels: (halves, samples)."""
        count = self.samples.size // samples
        return self.samples.reshape(-1)[: count * samples].reshape(count, samples)


def checked(
    name: str,
    sample_hz: float,
    samples: npt.NDArray[np.generic],
    label: str | None = None,
    rpm: float | None = None,
    to_hz: int = SAMPLE_HZ,
    channels: int = 1,
) -> Signal:
    """A Signal out of what a file held, brought to `to_hz`. Raises SignalError with the reason why it cannot be one."""
    wanted = samples.ndim == 1 or samples.size == max(samples.shape, default=0) if channels == 1 else samples.shape[1:] == (channels,)
    if not wanted:
        remedy = "one channel, one value per sample" if channels == 1 else f"one value per sample and channel: (samples, {channels})"
        raise SignalError(f"{name}: is of shape {samples.shape}", remedy=remedy)
    if samples.dtype.kind != "f":
        raise SignalError(f"{name}: holds {samples.dtype}, not real numbers", remedy="acceleration in g, as float")
    if not FRAME_SAMPLES <= samples.size <= MAX_SAMPLES:
        raise SignalError(f"{name}: has {samples.size:,} samples", remedy=f"{FRAME_SAMPLES:,} (one frame) to {MAX_SAMPLES:,}")
    if not (np.isfinite(sample_hz) and MIN_HZ <= sample_hz <= MAX_HZ and sample_hz == int(sample_hz)):
        raise SignalError(f"{name}: is sampled at {sample_hz:g} Hz", remedy=f"a whole rate of {MIN_HZ:,} to {MAX_HZ:,} Hz")
    values = samples.astype(np.float64).reshape(-1 if channels == 1 else samples.shape)
    bad = np.flatnonzero(~np.isfinite(values.reshape(-1)))
    if len(bad):
        raise SignalError(f"{name}: {len(bad):,} samples are not finite, the first is number {bad[0]:,}", remedy="cut them out")
    return Signal(name, to_hz, resampled(values, int(sample_hz), to_hz), label, rpm)


def resampled(samples: Samples, sample_hz: int, to_hz: int = SAMPLE_HZ) -> Samples:
    """Brought from one rate to another by a polyphase low-pass filter."""
    if sample_hz == to_hz:
        return samples
    from scipy.signal import resample_poly  # noqa: PLC0415 (slow to load, and only this needs it)

    ratio = Fraction(to_hz, sample_hz)
    if ratio.denominator > 1000:
        raise SignalError(
            f"a rate of {sample_hz} Hz has no simple ratio to {to_hz} Hz", remedy=f"resample the recording to {to_hz / 1000:g} kHz"
        )
    return np.asarray(resample_poly(samples, ratio.numerator, ratio.denominator), dtype=np.float64)


def to_counts(signal: Signal, counts_per_g: float) -> Counts:
    """What the ADC gives: rounded to the nearest count, saturated at -2,048 and 2,047; an offset stays in."""
    scaled = np.rint(np.clip(signal.samples * counts_per_g, -1e6, 1e6))
    clipped = int(np.count_nonzero((scaled < -ADC_MAX - 1) | (scaled > ADC_MAX)))
    return Counts(np.clip(scaled, -ADC_MAX - 1, ADC_MAX).astype(np.int16), clipped)
