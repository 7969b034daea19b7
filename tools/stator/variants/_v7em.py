"""What the layouts for Armv7E-M share: when the six-instruction requantize is exact, and weights interleaved for two channels."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import NotTaken, array, integers
from stator.variants._proof import one_multiplication

ACCUMULATOR = 1 << 30
SHIFTS = 31


def scales(call: KernelCall, channels: int) -> tuple[Array, Array]:
    """Multiplier and shift to the right (1..31) of every channel, for the requantize of firmware/kernels/common/asm.h.

    Raises NotTaken where the output's range is not all of int8, or a shift is out of range.
    """
    if integers(call, "activation_min", "activation_max") != (-128, 127):
        raise NotTaken("the activation narrows the output's range")
    multiplier, shift = (np.broadcast_to(_table(call, name).astype(np.int64), (channels,)) for name in ("multiplier", "shift"))
    right = np.where(multiplier == 0, 1, -shift)
    if right.min() < 1 or right.max() > 31:
        raise NotTaken(f"a channel's scale shifts right by {int(right.min())}..{int(right.max())}, and 1..31 is needed")
    return multiplier, right


def biases(call: KernelCall, weights: Array) -> tuple[Array, Array]:
    """Bias and greatest accumulator (absolute) of every channel. weights: [channels, products].

    Raises NotTaken where an accumulator can reach 2^30.
    """
    (zero_point,) = integers(call, "input_zero_point")
    given = array(call, "bias")
    bias = np.zeros(len(weights), np.int64) if given is None else given.astype(np.int64)
    reach = np.abs(weights.astype(np.int64)).sum(axis=1) * max(127 - zero_point, zero_point + 128) + np.abs(bias)
    if reach.max() >= ACCUMULATOR:
        raise NotTaken(f"the accumulator can reach {int(reach.max()):,}, and less than 2^30 is needed")
    return bias, reach


def _table(call: KernelCall, name: str) -> Array:
    found = array(call, name)
    assert found is not None
    return found


def padded(weights: Array, axis: int, multiple: int) -> Array:
    """Zeros at the end of `axis`, up to a multiple."""
    pad = [(0, 0)] * weights.ndim
    pad[axis] = (0, -weights.shape[axis] % multiple)
    return np.pad(weights, pad)


def pairs_stream(weights: Array, bias: Array, multiplier: Array, right: Array, zero_point: int, reach: Array) -> Array:
    """The stream of conv2d_v7em.h as int32. weights: int8 [channels, products], products a multiple of 4."""
    w = padded(weights, 0, 2).reshape(-(-len(weights) // 2), 2, -1, 2, 2)  # pair, channel, word, half (k0 k1 | k2 k3), byte
    words = np.ascontiguousarray(w.transpose(0, 2, 4, 3, 1)).reshape(len(w), -1).view(np.int32)  # word, byte, half, channel
    m, c, proved = one_multiplication(multiplier, right, zero_point, reach)
    c = c - (zero_point << 32)
    proved = proved & (c > SHIFTS) & (c < 1 << 32)
    if len(weights) % 2:  # what is beside an odd last channel agrees with it
        proved, c, right = np.append(proved, proved[-1]), np.append(c, 1 << 31), np.append(right, 1)
    both = np.repeat(proved.reshape(-1, 2).all(axis=1), 2)
    first = np.where(both, padded(m, 0, 2), padded(multiplier, 0, 2))
    scale = np.stack([first, np.where(both, c, right)], axis=-1).astype(np.uint32).view(np.int32).reshape(len(w), 4)
    return np.concatenate([padded(bias.astype(np.int32), 0, 2).reshape(-1, 2), words, scale], axis=1).reshape(-1)


def depthwise_words(taps: Array) -> Array:
    """int16 taps [taps, channels] as int32 [groups of four channels, words]: for each tap [c0 c2] [c1 c3]."""
    words = padded(taps.astype(np.int16), 1, 4).reshape(len(taps), -1, 2, 2).transpose(1, 0, 3, 2)
    return np.ascontiguousarray(words).reshape(len(words), -1).view(np.int32)


def depthwise_stream(taps: Array, bias: Array, multiplier: Array, right: Array) -> Array:
    """The stream of depthwise_conv2d_v7em.h as int32. taps: [taps, channels]."""
    words = depthwise_words(2 * taps.astype(np.int16))
    b, m, s = (padded(a.astype(np.int32), 0, 4).reshape(-1, 4) for a in (2 * bias, multiplier, right))
    scale = np.stack([m, np.maximum(s, 1)], axis=-1).reshape(len(words), 8)
    stream: Array = np.concatenate([b, words, scale], axis=1).reshape(-1)
    return stream


def proved_stream(taps: Array, bias: Array, m: Array, c: Array) -> Array:
    """The stream of depthwise_conv2d_v7em_3x3.h as int32. taps: [taps, channels]; m, c: of one_multiplication."""
    words = depthwise_words(taps)
    offset = padded(bias * m + c, 0, 4).view(np.int32).reshape(-1, 4, 2)
    finish = np.concatenate([offset, padded(m.astype(np.int32), 0, 4).reshape(-1, 4, 1)], axis=2).reshape(len(words), 12)
    stream: Array = np.concatenate([words, finish], axis=1).reshape(-1)
    return stream
