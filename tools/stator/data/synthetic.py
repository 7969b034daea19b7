"""Vibration of a motor's bearing out of physics, so that nothing needs a download.

What is in it: the shaft's harmonics and the motor's slots, coloured noise of the structure and the load, and, for a damaged bearing,
an impact each time a ball and the damage meet. The impacts come at the bearing's kinematic rates, a little late or early because
balls slip; the force follows the load zone (the damage of an inner race passes through it once per turn of the shaft, a ball's once
per turn of the cage); each impact rings the structure's resonances; larger damage strikes twice, at its entry and its exit.
After P. D. McFadden and J. D. Smith, J. Sound Vib. 96 (1984), and J. Antoni and R. B. Randall, Mech. Syst. Signal Process. 17 (2003).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stator.data.signal import LABELS, SAMPLE_HZ, Samples, Signal


@dataclass(frozen=True, slots=True)
class Geometry:
    """A deep-groove ball bearing. Lengths in any one unit; contact angle zero."""

    balls: int
    ball_diameter: float
    pitch_diameter: float

    @property
    def cage(self) -> float:
        """Turns of the cage per turn of the shaft."""
        return (1 - self.ball_diameter / self.pitch_diameter) / 2

    @property
    def outer(self) -> float:
        """Balls that pass a point of the outer race per turn of the shaft."""
        return self.balls * self.cage

    @property
    def inner(self) -> float:
        """Balls that pass a point of the inner race per turn of the shaft."""
        return self.balls * (1 - self.cage)

    @property
    def ball(self) -> float:
        """Meetings of a point of a ball with a race per turn of the shaft: twice the ball's own turns."""
        ratio = self.ball_diameter / self.pitch_diameter
        return (1 - ratio * ratio) / ratio


SKF_6205 = Geometry(balls=9, ball_diameter=7.94, pitch_diameter=39.04)


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine in one state. Accelerations in g, frequencies in Hz, times in seconds."""

    fault: str = "healthy"
    geometry: Geometry = SKF_6205
    shaft_hz: float = 29.2
    load: float = 0.5  # of the rated load, 0 .. 1
    size: float = 0.5  # of the damage: 0 barely there, 1 large
    impact_g: float = 1.5
    resonances_hz: tuple[float, ...] = (2800.0, 3500.0)
    damping: float = 0.04
    slip: float = 0.01  # standard deviation of the time between impacts, relative
    noise_g: float = 0.04
    noise_hz: tuple[float, ...] = (1100.0, 2100.0)  # broad humps of the background
    tones_g: float = 0.04
    tone_orders: tuple[float, ...] = (1.0, 2.0, 3.0, 6.0, 36.0)
    offset_g: float = 0.012


def vibration(machine: Machine, seconds: float, rng: np.random.Generator) -> Samples:
    """Acceleration in g at 12 kHz. The same machine, length and generator state give the same signal."""
    count = round(seconds * SAMPLE_HZ)
    time = np.arange(count) / SAMPLE_HZ
    signal = np.full(count, machine.offset_g) + _background(machine, count, rng) + _tones(machine, time, rng)
    if machine.fault != "healthy":
        signal += _ringing(machine, _impacts(machine, count, rng), rng)
    return signal


def random_machine(fault: str, rng: np.random.Generator, geometry: Geometry = SKF_6205, shaft_hz: float = 29.2) -> Machine:
    """A machine of this fault on a structure, with a load and noise drawn at random."""
    floor = float(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
    strength = float(np.exp(rng.uniform(np.log(15.0 if fault == "ball" else 6.0), np.log(60.0))))
    return Machine(
        fault=fault,
        geometry=geometry,
        shaft_hz=shaft_hz * float(rng.uniform(0.98, 1.02)),
        load=float(rng.uniform(0, 1)),
        size=float(rng.uniform(0, 1)),
        impact_g=floor * strength,
        resonances_hz=tuple(rng.uniform(700, 4300, size=rng.integers(1, 4)).tolist()),
        damping=float(rng.uniform(0.015, 0.08)),
        slip=float(rng.uniform(0.001, 0.006 if fault == "ball" else 0.02)),
        noise_g=floor,
        noise_hz=tuple(rng.uniform(200, 4400, size=rng.integers(1, 5)).tolist()),
        tones_g=floor * float(rng.uniform(0.2, 1.6)),
        tone_orders=(1.0, 2.0, 3.0, *rng.integers(4, 140, size=5).astype(float).tolist()),
        offset_g=float(rng.normal(0, 0.02)),
    )


def demo_signal(fault: str = "inner", seconds: float = 12.0, seed: int = 6205) -> Signal:
    """What the signal `synthetic` is: a bearing SKF 6205 with one damage at 1,752 rpm."""
    machine = Machine(fault=fault)
    if fault == "ball":
        machine = replace(machine, slip=0.004)
    rng = np.random.default_rng(seed + LABELS.index(fault))
    return Signal("synthetic", SAMPLE_HZ, vibration(machine, seconds, rng), fault, machine.shaft_hz * 60)


def drifting(machine: Machine, rng: np.random.Generator) -> Iterator[Samples]:
    """A healthy machine minute by minute, without end: its speed wanders by 2 %, its load between none and the rated one.

    Each goes to and fro in a time of 2 to 20 minutes, drawn at random; tones go on from one minute to the next.
    """
    count = 60 * SAMPLE_HZ
    shape = _humps(machine, count, rng)
    speed_s, load_s = rng.uniform(120, 1200, size=2)
    orders = np.array(machine.tone_orders)
    levels = machine.tones_g * rng.uniform(0.3, 1.0, size=len(orders)) / np.sqrt(len(orders))
    phases = rng.uniform(0, 2 * np.pi, size=len(orders))
    start, turned = 0.0, 0.0
    while True:
        time = start + np.arange(count) / SAMPLE_HZ
        turns = turned + np.cumsum(machine.shaft_hz * (1 + 0.02 * np.sin(2 * np.pi * time / speed_s))) / SAMPLE_HZ
        load = 0.5 + 0.5 * np.sin(2 * np.pi * time / load_s)
        signal = machine.offset_g + _noise(shape, count, rng) * machine.noise_g * (0.8 + 0.4 * load)
        for order, level, phase in zip(orders, levels, phases, strict=True):
            signal += level * np.sin(2 * np.pi * order * turns + phase)
        yield signal
        start, turned = start + 60, float(turns[-1])


def _background(machine: Machine, count: int, rng: np.random.Generator) -> Samples:
    """Noise with broad humps; the load raises it a little."""
    shape = _humps(machine, count, rng)
    return _noise(shape, count, rng) * machine.noise_g * (0.8 + 0.4 * machine.load)


def _humps(machine: Machine, count: int, rng: np.random.Generator) -> Samples:
    """The background's spectrum, for `count` samples; the noise it gives has a power of 1."""
    freq = np.fft.rfftfreq(count, 1 / SAMPLE_HZ)
    shape = np.full(len(freq), 0.25)
    for hz in machine.noise_hz:
        shape += rng.uniform(0.3, 1.0) / (1 + ((freq - hz) / (0.18 * hz + 80)) ** 2)
    return np.asarray(shape / np.sqrt(np.mean(shape**2)))


def _noise(shape: Samples, count: int, rng: np.random.Generator) -> Samples:
    return np.asarray(np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * shape, count))


def _tones(machine: Machine, time: Samples, rng: np.random.Generator) -> Samples:
    """Harmonics of the shaft and of what turns with it, and the line's hum at 120 Hz."""
    signal = np.zeros_like(time)
    for order in (*machine.tone_orders, 120.0 / machine.shaft_hz):
        level = machine.tones_g * rng.uniform(0.3, 1.0) / np.sqrt(len(machine.tone_orders))
        signal += level * np.sin(2 * np.pi * order * machine.shaft_hz * time + rng.uniform(0, 2 * np.pi))
    return signal


def _impacts(machine: Machine, count: int, rng: np.random.Generator) -> Samples:
    """The force over time: one pulse per meeting of damage and ball, between two samples by shares."""
    order = {"outer": machine.geometry.outer, "inner": machine.geometry.inner, "ball": machine.geometry.ball}[machine.fault]
    rate = order * machine.shaft_hz
    meetings = int(1.1 * rate * count / SAMPLE_HZ) + 4
    gaps = (1 + machine.slip * rng.standard_normal(meetings)) / rate
    at = np.cumsum(np.maximum(gaps, 0.2 / rate)) - rng.uniform(0, 1) / rate
    force = (1 + 0.2 * rng.standard_normal(meetings)) * _load_zone(machine, at, rng)
    width = machine.size * 0.1 / rate  # time from entry to exit of the damage
    pulses = np.zeros(count + 1)
    for shift, share in ((0.0, 1.0), (width, 0.7 * machine.size)):
        where = (at + shift) * SAMPLE_HZ
        inside = (where >= 0) & (where < count - 1)
        index = where[inside].astype(np.int64)
        part = where[inside] - index
        np.add.at(pulses, index, share * force[inside] * (1 - part))
        np.add.at(pulses, index + 1, share * force[inside] * part)
    return pulses[:count]


def _load_zone(machine: Machine, at: Samples, rng: np.random.Generator) -> Samples:
    """The share of the load at the damage when it meets a ball: steady for the outer race, which does not turn."""
    if machine.fault == "outer":
        return np.ones_like(at)
    turns = machine.shaft_hz * (1.0 if machine.fault == "inner" else machine.geometry.cage)
    depth = rng.uniform(0.3, 0.95)
    angle = 2 * np.pi * turns * at + rng.uniform(0, 2 * np.pi)
    return np.asarray(np.maximum(0.0, 1 - depth + depth * np.cos(angle)) + 0.05)


def _ringing(machine: Machine, force: Samples, rng: np.random.Generator) -> Samples:
    """The structure's answer to the force: decaying oscillations."""
    from scipy.signal import fftconvolve  # noqa: PLC0415 (slow to load, and only this needs it)

    time = np.arange(round(0.02 * SAMPLE_HZ)) / SAMPLE_HZ
    answer = np.zeros_like(time)
    for hz in machine.resonances_hz:
        turn = 2 * np.pi * hz
        answer += rng.uniform(0.4, 1.0) * np.exp(-machine.damping * turn * time) * np.sin(turn * time)
    answer /= np.abs(answer).max()
    return np.asarray(fftconvolve(force, answer)[: len(force)] * machine.impact_g)
