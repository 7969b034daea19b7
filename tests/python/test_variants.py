"""Layouts of kernel variants: what they prove before they use it."""

from __future__ import annotations

import numpy as np

from stator.numerics import requantize
from stator.variants._proof import in_high_half, one_multiplication

CHANNELS = 40
REACH = 60_000


def test_a_proved_multiplication_gives_the_same_byte_for_every_accumulator() -> None:
    rng = np.random.default_rng(4)
    everything = np.arange(-REACH, REACH + 1, dtype=np.int64)
    proved, refuted = 0, 0
    for zero_point in (-128, 127, 0, -77):
        multiplier = rng.integers(1 << 30, 1 << 31, CHANNELS)
        right = rng.integers(1, 18, CHANNELS)
        reach = rng.integers(0, REACH, CHANNELS)
        m, c, equal = one_multiplication(multiplier, right, zero_point, reach)
        assert ((m >= 0) & (m < 1 << 31)).all()
        for channel in range(CHANNELS):
            acc = everything[np.abs(everything) <= reach[channel]]
            want = np.clip(requantize(acc, multiplier[channel], -right[channel]) + zero_point, -128, 127)
            same = bool((np.clip((acc * m[channel] + c[channel]) >> 32, -128, 127) == want).all())
            assert same == equal[channel], (zero_point, multiplier[channel], right[channel], reach[channel])
        proved += int(equal.sum())
        refuted += int((~equal).sum())
    assert proved > 50
    assert refuted > 10


def test_one_step_off_is_no_proof() -> None:
    """A single accumulator that would give another byte is enough: the proof is not a sample."""
    multiplier, right, reach = np.array([1 << 30]), np.array([8]), np.array([40_000])
    m, c, equal = one_multiplication(multiplier, right, -128, reach)
    assert equal.all()
    acc = np.arange(-40_000, 40_001, dtype=np.int64)
    want = np.clip(requantize(acc, multiplier, -right) - 128, -128, 127)
    off = [int((np.clip((acc * m + c + d * m) >> 32, -128, 127) != want).sum()) for d in (-1, 1)]
    assert min(off) > 0


def test_what_is_proved_in_the_high_half_gives_the_same_byte_for_every_accumulator() -> None:
    """Channels that move, channels that stand still, and a multiplier of 0."""
    rng = np.random.default_rng(5)
    everything = np.arange(-REACH, REACH + 1, dtype=np.int64)
    for zero_point in (-128, 0, 127):
        multiplier = rng.integers(1 << 30, 1 << 31, CHANNELS)
        multiplier[0] = 0
        right = rng.integers(1, 24, CHANNELS)
        reach = rng.integers(1, REACH, CHANNELS)
        proved, refuted = np.zeros(CHANNELS, bool), 0
        for power, m, c, equal in in_high_half(multiplier, right, zero_point, reach):
            assert ((m > 0) & (m < 1 << 31)).all()
            for channel in np.flatnonzero(equal & ~proved):
                acc = everything[np.abs(everything) <= reach[channel]]
                sums = acc * power + c[channel]
                assert (np.abs(sums) < 1 << 31).all()
                want = np.clip(requantize(acc, multiplier[channel], -right[channel]) + zero_point, -128, 127)
                assert (np.clip((sums * m[channel] + (1 << 39)) >> 40, -128, 127) == want).all()
            proved |= equal
            refuted += int((~equal).sum())
        assert proved.sum() > CHANNELS / (2 if zero_point == -128 else 8)
        assert refuted > 10
