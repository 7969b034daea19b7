"""The requantize of RV32IM's kernels where negative results are cut off: by the negative multiplier, and when that is refused."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from stator.numerics import requantize
from stator.ops import Array, Constant, KernelCall
from stator.variants import NotTaken
from stator.variants._rv32im import negated, scales

CHANNELS = 12


def call(multiplier: Array, right: Array, zero_point: int = -128) -> KernelCall:
    constants = {"multiplier": Constant("m", "int32_t", multiplier.astype(np.int32)), "shift": Constant("s", "int8_t", -right)}
    numbers = {"activation_min": -128, "activation_max": 127, "output_zero_point": zero_point, "input_zero_point": 0}
    return KernelCall("conv2d_s8", "conv2d.h", "conv2d", (0,), (1,), (*numbers.items(), *constants.items(), ("bias", None)))


def as_the_macro(acc: Array, multiplier: int, rounding: int, bits: int) -> Array:
    """REQUANTIZE_POSITIVE of firmware/kernels/common/asm.h."""
    below = np.minimum((((acc * 4 * multiplier) >> 32) + rounding) >> bits, 0)
    value: Array = np.minimum(-255 - below, 0) + 127
    return value


def test_the_negative_multiplier_gives_the_same_byte_for_every_accumulator() -> None:
    rng = np.random.default_rng(9)
    taken = 0
    for even_bits in (0, 0, 3, 9, 14, 20, 30):  # how many of the multiplier's lowest bits are 0
        for reach in (2_000, 30_000):
            multiplier = (rng.integers(1 << 30, 1 << 31, CHANNELS) >> even_bits << even_bits).clip(1 << 30)
            right = rng.integers(1, 21, CHANNELS)
            weights = np.full((CHANNELS, 1), reach // 256)
            for c in range(CHANNELS):
                one = call(multiplier[c : c + 1], right[c : c + 1])
                with contextlib.suppress(NotTaken):
                    ((m, rounding, bits),) = negated(one, scales(one, 1), weights[c : c + 1]).astype(np.int64)
                    acc = np.arange(-reach // 256 * 256, reach // 256 * 256 + 1, dtype=np.int64)
                    want = np.clip(requantize(acc, multiplier[c], -right[c]) - 128, -128, 127)
                    assert np.array_equal(as_the_macro(acc, int(m), int(rounding), int(bits)), want), (multiplier[c], right[c])
                    taken += 1
    assert taken > CHANNELS * 8


def test_an_accumulator_between_two_results_is_refused() -> None:
    """A power of two as multiplier makes every product whole: one that would be told apart wrongly is found, and none before it."""
    multiplier, right = np.array([1 << 30]), np.array([5])
    one = call(multiplier, right)
    (first,) = [
        a
        for a in range(1, 64)
        if as_the_macro(np.array([a]), -(1 << 30), 31, 6)[0] != requantize(np.array([a]), multiplier, -right)[0] - 128
    ]
    weights = np.ones((1, 1), np.int64)
    with pytest.raises(NotTaken, match=f"accumulator of {first} "):
        negated(one, scales(one, 1), weights)


def test_another_zero_point_keeps_its_scales() -> None:
    one = call(np.array([1 << 30]), np.array([5]), zero_point=3)
    plain = scales(one, 1)
    assert negated(one, plain, np.ones((1, 1), np.int64)) is plain
