"""What the layouts for Armv7E-M share: when the six-instruction requantize is exact, and weights interleaved for two channels."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import NotTaken, array, integers

ACCUMULATOR = 1 << 30


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


def biases(call: KernelCall, weights: Array) -> Array:
    """The bias of every channel. weights: [channels, products]. Raises NotTaken where an accumulator can reach 2^30."""
    (zero_point,) = integers(call, "input_zero_point")
    given = array(call, "bias")
    bias = np.zeros(len(weights), np.int64) if given is None else given.astype(np.int64)
    reach = np.abs(weights.astype(np.int64)).sum(axis=1) * max(127 - zero_point, zero_point + 128) + np.abs(bias)
    if reach.max() >= ACCUMULATOR:
        raise NotTaken(f"the accumulator can reach {int(reach.max()):,}, and less than 2^30 is needed")
    return bias


def _table(call: KernelCall, name: str) -> Array:
    found = array(call, name)
    assert found is not None
    return found


def padded(weights: Array, axis: int, multiple: int) -> Array:
    """Zeros at the end of `axis`, up to a multiple."""
    pad = [(0, 0)] * weights.ndim
    pad[axis] = (0, -weights.shape[axis] % multiple)
    return np.pad(weights, pad)


def pairs_stream(weights: Array, bias: Array, multiplier: Array, right: Array) -> Array:
    """The stream of conv2d_v7em.h as int32. weights: int8 [channels, products], products a multiple of 4."""
    w = padded(weights, 0, 2).reshape(-(-len(weights) // 2), 2, -1, 2, 2)  # pair, channel, word, half (k0 k1 | k2 k3), byte
    words = np.ascontiguousarray(w.transpose(0, 2, 4, 3, 1)).reshape(len(w), -1).view(np.int32)  # word, byte, half, channel
    b, m, s = (padded(a.astype(np.int32), 0, 2).reshape(-1, 2) for a in (bias, multiplier, right))
    scale = np.stack([m, np.maximum(s, 1)], axis=-1).reshape(len(w), 4)
    return np.concatenate([b, words, scale], axis=1).astype(np.int32).reshape(-1)


def depthwise_stream(taps: Array, bias: Array, multiplier: Array, right: Array) -> Array:
    """Streams of the depthwise kernels as int32: per four channels biases and weights, both doubled, and scales. taps: [taps, channels]."""
    w = padded(2 * taps.astype(np.int16), 1, 4)
    words = w.reshape(len(w), -1, 2, 2).transpose(1, 0, 3, 2)  # group, tap, [c0 c2] [c1 c3]
    groups = len(words)
    packed = np.ascontiguousarray(words).reshape(groups, -1).view(np.int32)
    b, m, s = (padded(a.astype(np.int32), 0, 4).reshape(groups, 4) for a in (2 * bias, multiplier, right))
    scale = np.stack([m, np.maximum(s, 1)], axis=-1).reshape(groups, 8)
    stream: Array = np.concatenate([b, packed, scale], axis=1).astype(np.int32).reshape(-1)
    return stream
