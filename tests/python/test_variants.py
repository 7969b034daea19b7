"""Layouts of kernel variants: what they prove before they use it."""

from __future__ import annotations

import numpy as np

from stator.numerics import requantize
from stator.variants._proof import one_multiplication

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
