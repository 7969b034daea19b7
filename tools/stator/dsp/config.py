"""What the front end is told: which bands, and at which frequencies a damaged bearing would show."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveInt, ValidationError, model_validator

from stator.errors import ConfigError
from stator.yamlfile import Section

BLOCKS = (256, 512, 1024, 2048, 4096)
"""Samples of a frame that the front end takes."""
SAMPLES, SAMPLE_HZ = 1024, 12000
"""Of a frame, and a second, where nothing else is said."""
ENVELOPE_BINS = SAMPLES // 8
LINE_FIRST = 2
"""First bin of the envelope spectrum that lines may have: not the constant part and what the window leaks of it."""
LINE_ASIDE = 4

Hz = Annotated[float, Field(gt=0, le=50_000)]
Block = Annotated[int, AfterValidator(lambda value: _one_of(value, BLOCKS))]
Decimation = Annotated[int, Field(ge=1, le=16)]
Channels = Annotated[int, Field(ge=1, le=8)]
Order = Annotated[float, Field(gt=0, le=100)]


class Bearing(Section):
    """Frequencies of a bearing's faults, as multiples of the shaft's speed."""

    outer: Order  # ball passes a point of the outer race
    inner: Order  # ball passes a point of the inner race
    ball: Order  # a point of a ball meets a race, twice per turn of the ball

    @property
    def orders(self) -> tuple[float, float, float]:
        return self.outer, self.inner, self.ball


class FeaturesConfig(Section):
    """The `features` section of a `model.yml`, and from `input` what a frame is. Nothing measures the shaft's speed here: `shaft_hz` is
    the machine's nominal one."""

    shaft_hz: Annotated[float, Field(gt=1, le=200)]
    speed_tolerance: Annotated[float, Field(ge=0, le=0.05)]
    bearing: Bearing
    harmonics: Annotated[int, Field(ge=1, le=4)]
    spectrum_hz: tuple[Hz, Hz]  # the log spectrum: from, to
    spectrum_bands: Annotated[int, Field(ge=2, le=64)]
    fft: Literal["q15", "q31"] = "q31"  # of the frame
    spectrum_scale: Literal["linear", "mel"] = "linear"  # equal bands side by side, or triangles that are equal on the mel scale
    envelope_hz: Annotated[tuple[Hz, ...], Field(min_length=1, max_length=4)]  # lower ends of bands as wide as an eighth of the rate
    sample_hz: PositiveInt = SAMPLE_HZ
    block: Block = SAMPLES  # samples of a frame
    decimation: Decimation = 1
    channels: Channels = 1

    @classmethod
    def parse(cls, section: Mapping[str, Any]) -> Self:
        """Reads the section. Raises ConfigError."""
        try:
            return cls.model_validate(dict(section))
        except ValidationError as error:
            first, *more = [f"features.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
            raise ConfigError(first, details=more[:8]) from None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.edges[-1] > self.spectrum_bins or any(first + self.envelope_bins > self.spectrum_bins for first in self.envelope_first):
            raise ValueError(f"nothing above {self.sample_hz * 3 / 8:,g} Hz may be used: anti-alias filters differ there")
        if any(low >= high for low, high in itertools.pairwise(self.edges)):
            raise ValueError(f"spectrum_hz is too narrow for so many spectrum_bands: a band needs {self.sample_hz / self.block:.0f} Hz")
        if self.fft == "q15" and self.portable:
            raise ValueError(f"fft: q15 takes frames of {SAMPLES:,} samples one behind the other, and input asks for others: q31")
        return self

    @property
    def spectrum_bins(self) -> int:
        """Bins below 3/8 of the rate: what lies above is shaped by the recorder's anti-alias filter and is never looked at."""
        return self.block * 3 // 8

    @property
    def envelope_bins(self) -> int:
        """Width of an envelope band; its envelope has as many values over the frame."""
        return self.block // 8

    @property
    def edges(self) -> tuple[int, ...]:
        """First bins of the bands of the log spectrum, and the bin after the last; on the mel scale where each triangle starts, and the
        last two are highest and end."""
        low, high = self.spectrum_hz
        if self.spectrum_scale == "mel":
            return mel_edges(low, high, self.spectrum_bands, self.block, self.sample_hz)
        return tuple(self._bin(low + (high - low) * i / self.spectrum_bands) for i in range(self.spectrum_bands + 1))

    @property
    def envelope_first(self) -> tuple[int, ...]:
        """First bins of the envelope bands."""
        return tuple(self._bin(hz) for hz in self.envelope_hz)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines looked for in every envelope spectrum: per order, per harmonic."""
        return tuple(self._line(order * self.shaft_hz, k) for order in self.bearing.orders for k in range(1, self.harmonics + 1))

    @property
    def columns(self) -> int:
        """Features per half: those of each channel, channel after channel."""
        return self.channels * self.channel_columns

    @property
    def channel_columns(self) -> int:
        """Features per frame."""
        return self.spectrum_bands + len(self.envelope_hz) * (len(self.lines) + 1)

    @property
    def half_samples(self) -> int:
        """Of one half of the double buffer, all channels together."""
        return self.block * self.decimation * self.channels

    @property
    def names(self) -> tuple[str, ...]:
        """What each column is."""
        lines = [f"{race} x{k}" for race in ("outer", "inner", "ball") for k in range(1, self.harmonics + 1)]
        bands = [f"{name} at {hz:g} Hz" for hz in self.envelope_hz for name in [*lines, "impulses"]]
        names = (*(f"band {i}" for i in range(self.spectrum_bands)), *bands)
        if self.channels == 1:
            return names
        return tuple(f"channel {channel} {name}" for channel in range(self.channels) for name in names)

    @property
    def work_bytes(self) -> int:
        """Work memory of `stator_features_run`."""
        return (4 if self.decimation == 1 else 6) * self.block

    @property
    def portable(self) -> bool:
        """Whether it is compiled from the portable files alone: the boards' sets take frames of 1,024 samples one behind the other."""
        return self.block != SAMPLES or (self.channels > 1 and self.decimation == 1)

    @property
    def more_stack_bytes(self) -> int:
        """What the portable files take of the feature task's stack beyond the sets."""
        return 128 if self.portable else 0

    def _bin(self, hz: float) -> int:
        return _bin(hz, self.block, self.sample_hz)

    def _line(self, hz: float, harmonic: int) -> Line:
        """As wide as the tolerance of the speed makes it. Beside it: half way to the next harmonic, but no further than LINE_ASIDE bins."""
        low, high = (self._bin(hz * harmonic * (1 + sign * self.speed_tolerance)) for sign in (-1, 1))
        end = self.envelope_bins // 2
        bins = min(high - low + 1, end - LINE_FIRST)
        aside = min(hz / 2 * self.block / self.sample_hz, LINE_ASIDE)
        places = (low, math.floor(low - aside + 0.5), math.floor(low + aside + 0.5))
        at, below, above = (min(max(place, LINE_FIRST), end - bins) for place in places)
        return Line(at, below, above, bins)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line is expected, and the two places beside it that it is compared with: first bins of `bins` each."""

    at: int
    below: int
    above: int
    bins: int


@dataclass(frozen=True, slots=True)
class Quantizer:
    """How a feature of 1/256 octave becomes the model's int8: q = clamp(zero_point + ((v multiplier + 2**15) >> 16))."""

    multiplier: int
    zero_point: int

    @classmethod
    def of(cls, scale: float, zero_point: int) -> Self:
        """From the quantization of the model's input; a feature counts in octaves. Raises ConfigError."""
        multiplier = round(65536 / (256 * scale)) if math.isfinite(scale) and scale > 0 else 0
        if not 1 <= multiplier <= 65535 or not -128 <= zero_point <= 127:
            raise ConfigError(
                f"the model's input scale {scale:g} (zero point {zero_point}) is no scale of features in octaves",
                remedy="quantize with features of the front end as representative data: a scale between 0.004 and 256",
            )
        return cls(multiplier, zero_point)


def mel_edges(low: float, high: float, bands: int, block: int = SAMPLES, sample_hz: int = SAMPLE_HZ) -> tuple[int, ...]:
    """Bins where triangles start, the last one's highest and its end: bands + 2, in equal steps of 2595 log10(1 + f / 700)."""
    ratio = (700 + high) / (700 + low)
    return tuple(_bin((700 + low) * ratio ** (i / (bands + 1)) - 700, block, sample_hz) for i in range(bands + 2))


def _bin(hz: float, block: int, sample_hz: int) -> int:
    return math.floor(hz * block / sample_hz + 0.5)


def _one_of(value: int, choices: tuple[int, ...]) -> int:
    if value not in choices:
        raise ValueError(f"must be one of {', '.join(map(str, choices))}, not {value}")
    return value
