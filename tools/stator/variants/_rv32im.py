"""What the layouts for RV32IM share: when the branch-free requantize is exact, and weights interleaved for channels side by side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stator.numerics import requantize
from stator.ops import Array, KernelCall
from stator.variants import NotTaken, array, integers
from stator.variants._proof import steps

ACCUMULATOR = 1 << 29
Form = Callable[[KernelCall, Array, Array], Array]
"""negated() or as_they_are()."""


def scales(call: KernelCall, channels: int) -> Array:
    """Multiplier, rounding and shift of every channel for the requantize of firmware/kernels/common/asm.h: int32 [channels, 3].

    Raises NotTaken where the output's range is not all of int8, or a shift is out of range.
    """
    if integers(call, "activation_min", "activation_max") != (-128, 127):
        raise NotTaken("the activation narrows the output's range")
    (zero_point,) = integers(call, "output_zero_point")
    multiplier, shift = (np.broadcast_to(_table(call, name).astype(np.int64), (channels,)) for name in ("multiplier", "shift"))
    right = np.where(multiplier == 0, 1, -shift)
    if right.min() < 1 or right.max() > 20:
        raise NotTaken(f"a channel's scale shifts right by {int(right.min())}..{int(right.max())}, and 1..20 is needed")
    rounding = 1 + (1 << right) + ((zero_point + 128) << (right + 1))
    return np.stack([multiplier, rounding, right + 1], axis=1).astype(np.int32)


def negated(call: KernelCall, scale: Array, weights: Array) -> Array:
    """scales() for REQUANTIZE_POSITIVE where the output's zero point is -128, else as they are. weights: [channels, products].

    The negative multiplier gives the product rounded up where the positive one gives it rounded down, one more if it is no whole number,
    and the rounding allows for that. A whole product is told apart only on the step from one result to the next. Raises NotTaken where
    an accumulator can give a whole product there.
    """
    (zero_point,) = integers(call, "output_zero_point")
    if zero_point != -128:
        return scale
    given = array(call, "bias")
    reach = np.abs(weights.astype(np.int64)).sum(axis=1) * 256 + (0 if given is None else np.abs(given.astype(np.int64)))
    out = scale.copy()
    out[:, 0] = -scale[:, 0]
    out[:, 1] = (1 << (scale[:, 2] - 1)) - 1
    for channel, (multiplier, rounding, bits) in enumerate(scale.tolist()):
        if multiplier == 0:
            continue
        zeros = (multiplier & -multiplier).bit_length() - 1  # accumulators that give whole products are multiples of 2^(30 - zeros)
        first = -rounding * pow(multiplier >> zeros, -1, 1 << bits) % (1 << bits)
        if first << max(30 - zeros, 0) <= reach[channel]:
            raise NotTaken(f"channel {channel}: an accumulator of {first << max(30 - zeros, 0):,} lies between two results")
    return out


_LEVELS = np.arange(1, 256, dtype=np.int64)  # outputs above -128
_TRIED = np.array(sorted(range(-96, 97), key=abs), np.int64)
_MOST_RIGHT = 22


def one_multiplication(call: KernelCall, scale: Array, weights: Array) -> tuple[int, Array] | None:
    """How one multiplication makes an accumulator an output: bits, and offset, multiplier and shift of every channel, int64 [channels, 3].

    0 less the output above -128 is ((accumulator << bits) + offset) * multiplier >> 32 >> shift, cut off at 0 and -255; nothing leaves 32
    bits. Neither that nor the output falls when the accumulator grows, so they are equal everywhere if they are equal on both sides of each
    step and at both ends. None where that is not proved for all channels. `scale`: of scales(); weights: [channels, products].
    """
    given = array(call, "bias")
    reach = np.abs(weights.astype(np.int64)).sum(axis=1) * 256 + (0 if given is None else np.abs(given.astype(np.int64)))
    (zero_point,) = integers(call, "output_zero_point")
    multiplier, right = scale[:, 0].astype(np.int64), scale[:, 2].astype(np.int64) - 1

    def wanted(acc: Array) -> Array:
        value: Array = np.clip(requantize(acc, multiplier[:, None], -right[:, None]) + zero_point, -128, 127) + 128
        return value

    step, real = steps(lambda acc: wanted(acc) - 128, reach[:, None])
    ends = np.concatenate([np.where(real, step, 0), np.where(real, step - 1, 0), reach[:, None], -reach[:, None]], axis=1)
    for bits in range(13, 1, -1):
        shift = np.minimum(bits + right, _MOST_RIGHT)
        best = np.rint(multiplier * 2.0 ** (1 + shift - bits - right)).astype(np.int64)
        by = np.maximum(np.rint(best * (multiplier * 2.0 ** (-31 - right - 18))).astype(np.int64), 1)
        level = (_LEVELS - 1)[None, :] << (32 + shift)[:, None]
        found = np.zeros(len(best), bool)
        m, offset = best * 0, best * 0
        for near in _TRIED:
            tried = (best + near * by).clip(1, (1 << 31) - 1)
            limit = level // tried[:, None]
            low = np.where(real, limit + 1 - (step << bits), -(1 << 62)).max(axis=1)
            high = np.where(real, limit - ((step - 1) << bits), 1 << 62).min(axis=1)
            new = ~found & (low <= high) & real.any(axis=1)
            m, offset, found = np.where(new, tried, m), np.where(new, (low + high) >> 1, offset), found | new
            if found.all():
                break
        still = ~real.any(axis=1)  # one value for all accumulators: at an end of the range
        m, offset = np.where(still, 1 << 30, m), np.where(still, np.where(wanted(ends[:, :1] * 0)[:, 0] > 127, 1, -1) << 30, offset)
        sums = (ends << bits) + offset[:, None]
        got = (-((sums * -m[:, None]) >> (32 + shift)[:, None])).clip(0, 255)
        if (np.abs(sums) < 1 << 31).all() and (got == wanted(ends)).all():
            return bits, np.stack([offset, -m, shift], axis=1)
    return None


def as_they_are(call: KernelCall, scale: Array, weights: Array) -> Array:
    """scales() for rv32imb, whose REQUANTIZE_POSITIVE takes them as REQUANTIZE does."""
    del call, weights
    return scale


def biases(call: KernelCall, weights: Array) -> Array:
    """The sums to start with, -input_zero_point * (sum of weights) included: int64 [channels]. weights: [channels, products].

    Raises NotTaken where an accumulator, or what it is on the way without the zero point's share, can reach 2^29.
    """
    (zero_point,) = integers(call, "input_zero_point")
    given = array(call, "bias")
    bias = np.zeros(len(weights), np.int64) if given is None else given.astype(np.int64)
    wide = weights.astype(np.int64)
    reach = np.abs(wide).sum(axis=1) * 256 + np.abs(bias)
    if reach.max() >= ACCUMULATOR:
        raise NotTaken(f"the accumulator can reach {int(reach.max()):,}, and less than 2^29 is needed")
    folded: Array = bias - zero_point * wide.sum(axis=1)
    return folded


def _table(call: KernelCall, name: str) -> Array:
    found = array(call, name)
    assert found is not None
    return found


def stream(weights: Array, bias: Array, scale: Array, side_by_side: int) -> Array:
    """Per `side_by_side` channels: biases, weights by byte of the window, scales. weights: int8 [channels, products]; int32 [words]."""
    groups = -(-len(weights) // side_by_side)
    missing = groups * side_by_side - len(weights)
    w = np.pad(weights, ((0, missing), (0, 0))).reshape(groups, side_by_side, -1)
    words = np.ascontiguousarray(w.transpose(0, 2, 1)).reshape(groups, -1).view(np.int32)
    b = np.pad(bias.astype(np.int32), (0, missing)).reshape(groups, side_by_side)
    s = np.pad(scale, ((0, missing), (0, 0)))
    s[len(weights) :, 2] = 1
    packed: Array = np.concatenate([b, words, s.reshape(groups, -1)], axis=1).reshape(-1)
    return packed
