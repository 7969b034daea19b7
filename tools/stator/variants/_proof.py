"""Requantizing with one multiplication, where that is proved to give the same bytes.

What the semantics say takes five or six instructions: a product rounded at bit 31, and then a shift that rounds ties away from zero.
One product with a multiplier and an offset that are chosen well, (accumulator * m + c) >> 32, gives the same value for every
accumulator that a channel can reach, or it does not; which of both is found here. Either function never falls when the accumulator
grows, so they are equal everywhere if they are equal at both ends and on both sides of each of the at most 255 steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from stator.numerics import requantize
from stator.ops import Array

_LEVELS = np.arange(-127, 128, dtype=np.int64)  # the values that a step of the output leads to
_NEAR = sorted(range(-96, 97), key=abs)  # multipliers that are tried, from the best in real numbers


def one_multiplication(multiplier: Array, right: Array, zero_point: int, reach: Array) -> tuple[Array, Array, Array]:
    """Of every channel: m (0..2^31-1), c (int64), and whether saturate8((acc * m + c) >> 32) equals
    saturate8(requantize(acc, multiplier, -right) + zero_point) for all |acc| <= reach, which is less than 2^30.
    """
    multiplier, right, reach = (a.astype(np.int64)[:, None] for a in (multiplier, right, reach))

    def wanted(acc: Array) -> Array:
        value: Array = np.clip(requantize(acc, multiplier, -right) + zero_point, -128, 127)
        return value

    step, real = steps(wanted, reach)
    best = (multiplier + (np.int64(1) << (right - 2).clip(0)) * (right > 1)) >> (right - 1)
    m, c, found = best * 0, best * 0, best < 0
    for near in _NEAR:
        tried = (best + near).clip(0, (1 << 31) - 1)
        low = np.where(real, (_LEVELS << 32) - tried * step, -(1 << 62)).max(axis=1, keepdims=True)
        high = np.where(real, (_LEVELS << 32) - tried * (step - 1) - 1, 1 << 62).min(axis=1, keepdims=True)
        new = ~found & (low <= high) & real.any(axis=1, keepdims=True)
        m, c, found = np.where(new, tried, m), np.where(new, (low + high) >> 1, c), found | new
        if found.all():
            break
    still = ~real.any(axis=1, keepdims=True)  # one value for all accumulators
    c = np.where(still, wanted(reach * 0) << 32, c)
    points = np.concatenate([np.where(real, step, reach), np.where(real, step - 1, -reach), reach, -reach], axis=1)
    equal = (np.clip((points * m + c) >> 32, -128, 127) == wanted(points)).all(axis=1)
    return m[:, 0], c[:, 0], equal


_PRECISION = 40  # bits that are dropped of (acc * power + c) * m


def in_high_half(multiplier: Array, right: Array, zero_point: int, reach: Array) -> Iterator[tuple[int, Array, Array, Array]]:
    """For powers of 2, from great to small: the power, and for every channel m (1..2^31-1), c (int32), and whether
    saturate8(((acc * power + c) * m + 2^39) >> 40) is proved to equal saturate8(requantize(acc, multiplier, -right) + zero_point) for all
    |acc| <= reach, with nothing leaving int32 on the way.
    """
    multiplier, right, reach = (a.astype(np.int64)[:, None] for a in (multiplier, right, reach))

    def wanted(acc: Array) -> Array:
        value: Array = np.clip(requantize(acc, multiplier, -right) + zero_point, -128, 127)
        return value

    step, real = steps(wanted, reach)
    moves = real.any(axis=1, keepdims=True)
    still = wanted(reach * 0)  # where it does not move: the one value for all accumulators
    points = np.concatenate([np.where(real, step, reach), np.where(real, step - 1, -reach), reach, -reach], axis=1)
    scale, half, most = np.maximum(multiplier, 1) / 2.0 ** (31 + right), np.int64(1) << (_PRECISION - 1), (1 << 31) - 1
    for bits in range(12, -1, -1):
        best: Array = np.rint(scale * 2.0 ** (_PRECISION - bits)).astype(np.int64)
        found: Array = np.logical_not(moves)
        m: Array = np.where(abs(still) > 126, most, (abs(still) + 1) * 1024)
        c = np.where(abs(still) > 126, np.sign(still) * (most - (reach << bits)), (still << _PRECISION) // m)
        for near in _NEAR:
            if found.all():
                break
            tried = (best + near).clip(1, most)
            level = -((half - (_LEVELS << _PRECISION)) // tried)
            low = np.where(real, level - (step << bits), -(1 << 62)).max(axis=1, keepdims=True)
            high = np.where(real, level - 1 - ((step - 1) << bits), 1 << 62).min(axis=1, keepdims=True)
            new = ~found & (low <= high)
            m, c, found = np.where(new, tried, m), np.where(new, (low + high) >> 1, c), found | new
        sums = (points << bits) + c.clip(-(1 << 32), 1 << 32)
        equal: Array = (np.abs(sums) <= most) & (np.clip((sums * m + half) >> _PRECISION, -128, 127) == wanted(points))
        yield 1 << bits, m[:, 0], c[:, 0], found[:, 0] & equal.all(axis=1)


def steps(wanted: Callable[[Array], Array], reach: Array) -> tuple[Array, Array]:
    """For every channel and level the least accumulator in -reach..reach that gives the level or more, and whether there is one at
    which the value rises."""
    below = np.broadcast_to(-reach - 1, (len(reach), len(_LEVELS))).copy()
    above = np.broadcast_to(reach + 1, below.shape).copy()
    while (above - below > 1).any():
        middle = (below + above) >> 1
        high = wanted(middle) >= _LEVELS
        above, below = np.where(high, middle, above), np.where(high, below, middle)
    return above, (above > -reach) & (above <= reach)
