"""What the network learns from: columns of the fixed-point front end, of recordings, of their variants, and of the generator.

Recordings alone teach the wrong thing: in CWRU a few bearings differ in structure as much as in damage. Three kinds of variants take
that away. A recording played faster or slower, with the shaft's speed told accordingly, moves the resonances and keeps the orders. A
recording of an inner race, looked at with the two races' orders exchanged, is one of an outer race, and the other way round: only the
lines tell the two apart. And the generator's impacts on a healthy recording, or on noise of its own, come at every resonance.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from stator.data import LABELS, load_signal, to_counts
from stator.data.signal import SAMPLE_HZ, Samples, Signal
from stator.data.synthetic import SKF_6205, Geometry, random_machine, vibration
from stator.dsp import Bearing, FeaturesConfig, Quantizer, features
from stator.monitor.recording import columns as recorded_columns

Columns = npt.NDArray[np.int8]

INPUT_SCALE = 1 / 16
"""Octaves per step of the model's input, zero point 0: -8 to +7.94 octaves."""
QUANTIZER = Quantizer.of(INPUT_SCALE, 0)
SPEED_ERRORS = (0.975, 1.025)
PLAYED = ((20, 17), (9, 8), (8, 9), (4, 5))
EXCHANGED = {"inner": "outer", "outer": "inner"}


class Kind(enum.IntEnum):
    """Where an example comes from; training draws a set share from each."""

    RECORDED = 0
    STRETCHED = 1
    GENERATED = 2
    PLANTED = 3


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of CWRU and its place in the splits. `size`: of the damage in mil, 0 for none. `load`: hp."""

    number: int
    label: str
    size: int
    load: int


@dataclass(frozen=True, slots=True)
class Example:
    """One stretch of signal as columns (frames, columns). `source`: the CWRU recording it was made from, if any."""

    columns: Columns
    label: str
    kind: Kind
    source: Recording | None = None


def _cwru() -> tuple[Recording, ...]:
    first = {("healthy", 0): 97, ("inner", 7): 105, ("inner", 14): 169, ("inner", 21): 209, ("ball", 7): 118, ("ball", 14): 185}
    first |= {("ball", 21): 222, ("outer", 7): 130, ("outer", 14): 197, ("outer", 21): 234}
    return tuple(Recording(number + load, label, size, load) for (label, size), number in first.items() for load in range(4))


CWRU = _cwru()
UESTC = tuple(f"{label}_{rpm}_1" for label in "NIBO" for rpm in (800, 1000, 1200, 1400))
UESTC_BEARING = Bearing(outer=3.00, inner=4.92, ball=3.75)


def columns(samples: Samples, counts_per_g: float, config: FeaturesConfig) -> Columns:
    """Columns of acceleration in g at 12 kHz, through the ADC's counts."""
    return features(to_counts(Signal("", SAMPLE_HZ, samples), counts_per_g).frames, config, QUANTIZER)


def windows(column: Columns, frames: int) -> Columns:
    """Every run of `frames` columns: (windows, frames, columns)."""
    return np.lib.stride_tricks.sliding_window_view(column, frames, axis=0).transpose(0, 2, 1)


def tuned(config: FeaturesConfig, shaft_hz: float, bearing: Bearing | None = None) -> FeaturesConfig:
    """The same front end for another speed or bearing."""
    return config.model_copy(update={"shaft_hz": shaft_hz, "bearing": bearing or config.bearing})


def exchanged(bearing: Bearing) -> Bearing:
    """The bearing whose inner race has the rate of this one's outer race, and the other way round."""
    return Bearing(outer=bearing.inner, inner=bearing.outer, ball=bearing.ball)


def recorded(recording: Recording, samples: Samples, counts_per_g: float, config: FeaturesConfig) -> Iterator[Example]:
    """The recording, as it is and with its variants. The first is the recording as the firmware sees it."""
    yield Example(columns(samples, counts_per_g, config), recording.label, Kind.RECORDED, recording)
    for error in SPEED_ERRORS:
        told = tuned(config, config.shaft_hz * error)
        yield Example(columns(samples, counts_per_g, told), recording.label, Kind.RECORDED, recording)
        if recording.label in EXCHANGED:
            told = tuned(config, config.shaft_hz * (1 + (error - 1) / 2), exchanged(config.bearing))
            yield Example(columns(samples, counts_per_g, told), EXCHANGED[recording.label], Kind.RECORDED, recording)
    for i, (up, down) in enumerate(PLAYED):
        played, label, bearing = np.asarray(resample_poly(samples, down, up)), recording.label, config.bearing
        if label in EXCHANGED and i % 2:
            label, bearing = EXCHANGED[label], exchanged(bearing)
        told = tuned(config, config.shaft_hz * up / down, bearing)
        yield Example(columns(played, counts_per_g, told), label, Kind.STRETCHED, recording)


def generated(count: int, seconds: float, counts_per_g: float, config: FeaturesConfig, rng: np.random.Generator) -> Iterator[Example]:
    """`count` machines of each label out of the generator: half of them with this bearing and speed, half with any other."""
    for _ in range(count):
        for label in LABELS:
            geometry, shaft_hz = SKF_6205, config.shaft_hz
            if rng.random() < 0.5:
                geometry = Geometry(int(rng.integers(7, 12)), 1.0, float(rng.uniform(3.6, 6.0)))
                shaft_hz = float(rng.uniform(13, 32))
            samples = vibration(random_machine(label, rng, geometry, shaft_hz), seconds, rng)
            bearing = Bearing(outer=geometry.outer, inner=geometry.inner, ball=geometry.ball)
            yield Example(columns(samples, counts_per_g, tuned(config, shaft_hz, bearing)), label, Kind.GENERATED)


def planted(
    recording: Recording, samples: Samples, count: int, counts_per_g: float, config: FeaturesConfig, rng: np.random.Generator
) -> Iterator[Example]:
    """The generator's impacts of either race on a healthy recording, `count` times each."""
    seconds = 3.0
    for _ in range(count):
        for label in EXCHANGED:
            start = int(rng.integers(0, len(samples) - round(seconds * SAMPLE_HZ)))
            piece = samples[start : start + round(seconds * SAMPLE_HZ)]
            machine = random_machine(label, rng, SKF_6205, config.shaft_hz)
            strength = float(piece.std()) * float(np.exp(rng.uniform(np.log(3), np.log(40))))
            machine = replace(machine, noise_g=1e-6, tones_g=1e-6, offset_g=0.0, impact_g=strength)
            yield Example(columns(piece + vibration(machine, seconds, rng), counts_per_g, config), label, Kind.PLANTED, recording)


def everything(counts_per_g: float, config: FeaturesConfig, rng: np.random.Generator) -> Iterator[Example]:
    """All that training from recordings uses. Raises SignalError where CWRU is not at hand."""
    for recording in CWRU:
        samples = load_signal(f"cwru:{recording.number}").samples
        yield from recorded(recording, samples, counts_per_g, config)
        if recording.label == "healthy":
            yield from planted(recording, samples, 25, counts_per_g, config, rng)
    yield from generated(120, 3.0, counts_per_g, config, rng)


def monitored(path: Path, label: str, frames: int) -> Iterator[Example]:
    """What a board said of its own machine, as `invoke monitor --record` wrote it. Raises SignalError."""
    for column in recorded_columns(path, frames):
        yield Example(column, label, Kind.RECORDED)


def from_sources(examples: Iterable[Example], sources: Sequence[Recording]) -> list[Example]:
    """Those made from these recordings, or from none."""
    allowed = set(sources)
    return [e for e in examples if e.source is None or e.source in allowed]
