"""The sampling divider: how the board's clock makes the rate that the model was trained at, and how far off it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stator.board import HALF_SAMPLES, Board
from stator.errors import ConfigError
from stator.yamlfile import shown

LIMIT_PPM = 300


@dataclass(frozen=True, slots=True)
class Sampling:
    """`clock_hz` divided by `divider` once per sample, or once per half where `block`."""

    clock_hz: int
    divider: int
    block: bool
    target_hz: int

    @property
    def half_ticks(self) -> int:
        """Clock ticks from one half to the next."""
        return self.divider if self.block else self.divider * HALF_SAMPLES

    @property
    def hz(self) -> Fraction:
        """The true rate."""
        return Fraction(self.clock_hz * HALF_SAMPLES, self.half_ticks)

    @property
    def hz_milli(self) -> int:
        return round(self.hz * 1000)

    @property
    def error_ppm(self) -> float:
        """How far the true rate is above the target."""
        return float((self.hz / self.target_hz - 1) * 1_000_000)


def sampling(board: Board, target_hz: int) -> Sampling:
    """The nearest divider. Raises ConfigError where it is more than 300 ppm off or wider than the timer."""
    sensor = board.sensor
    block = sensor.divides == "block"
    below = sensor.clock_hz * (HALF_SAMPLES if block else 1) // target_hz
    candidates = [Sampling(sensor.clock_hz, divider, block, target_hz) for divider in (max(below, 1), below + 1)]
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
