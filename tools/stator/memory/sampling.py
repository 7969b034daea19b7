"""The sampling divider: how the board's clock makes the rate that the model was trained at, and how far off it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stator.board import HALF_SAMPLES, Board, boards_that
from stator.errors import ConfigError
from stator.yamlfile import shown

LIMIT_PPM = 300
LONGEST_MS = 350  # of a half: after 400 ms without one the supervisor calls the sensor dead (firmware/health)


@dataclass(frozen=True, slots=True)
class Sampling:
    """`clock_hz` divided by `divider` once per scan, or once per half of so many `scans` where `block`."""

    clock_hz: int
    divider: int
    block: bool
    target_hz: int
    scans: int

    @property
    def half_ticks(self) -> int:
        """Clock ticks from one half to the next."""
        return self.divider if self.block else self.divider * self.scans

    @property
    def hz(self) -> Fraction:
        """The true rate of scans."""
        return Fraction(self.clock_hz * self.scans, self.half_ticks)

    @property
    def hz_milli(self) -> int:
        return round(self.hz * 1000)

    @property
    def error_ppm(self) -> float:
        """How far the true rate is above the target."""
        return float((self.hz / self.target_hz - 1) * 1_000_000)


def sampling(board: Board, target_hz: int, scans: int = HALF_SAMPLES, channels: int = 1) -> Sampling:
    """The nearest divider. Raises ConfigError where it is more than 300 ppm off or wider than the timer, or where sensor, DMA or
    supervisor cannot follow."""
    sensor = board.sensor
    _can_follow(board, target_hz, scans, channels)
    block = sensor.divides == "block"
    below = sensor.clock_hz * (scans if block else 1) // target_hz
    candidates = [Sampling(sensor.clock_hz, divider, block, target_hz, scans) for divider in (max(below, 1), below + 1)]
    chosen = min(candidates, key=lambda s: abs(s.error_ppm))
    divider = chosen.divider
    where = f"{shown(board.file)}: sensor"
    if abs(chosen.error_ppm) > LIMIT_PPM:
        raise ConfigError(
            f"{where}: {sensor.clock_hz:,} Hz / {divider} samples at {float(chosen.hz):,.2f} Hz, "
            f"{chosen.error_ppm:+,.0f} ppm from {target_hz:,} Hz, and {LIMIT_PPM} ppm are allowed",
            remedy="another clock for the sampling timer (sensor.clock_hz), or divides: block where the hardware allows it",
        )
    if divider >> sensor.divider_bits:
        raise ConfigError(
            f"{where}: the divider {divider} is wider than the timer's {sensor.divider_bits} bits",
            remedy="a slower clock for the sampling timer (sensor.clock_hz), or the timer's true divider_bits",
        )
    return chosen


def _can_follow(board: Board, target_hz: int, scans: int, channels: int) -> None:
    sensor, where, samples = board.sensor, f"{shown(board.file)}: sensor", scans * channels
    if channels > sensor.channels:
        others = boards_that(lambda other: other.sensor.channels >= channels)
        raise ConfigError(
            f"{where}: scans {sensor.channels} channels at most, and the model asks for {channels}",
            remedy=f"a smaller input: channels in model.yml, or another board: {', '.join(others)}",
        )
    if sensor.max_hz is not None and target_hz * channels > sensor.max_hz:
        raise ConfigError(
            f"{where}: converts {sensor.max_hz:,} times a second at most, and the model asks for {target_hz * channels:,}",
            remedy="a smaller input: sample_hz, decimation or channels in model.yml",
        )
    if sensor.half_most is not None and samples > sensor.half_most:
        raise ConfigError(
            f"{where}: a half has {sensor.half_most:,} samples at most, and the model asks for {samples:,}",
            remedy="a smaller input: block, decimation or channels in model.yml",
        )
    if scans * 1000 > target_hz * LONGEST_MS:
        raise ConfigError(
            f"{where}: a half of {scans:,} scans at {target_hz:,} Hz takes {scans * 1000 / target_hz:,.0f} ms, and {LONGEST_MS} ms "
            "are the most: the supervisor would take the sensor for dead",
            remedy="a smaller input: block in model.yml",
        )
