"""What the layouts for Helium share: how sums become outputs, and which layers that is exact for."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import NotTaken, integer
from stator.variants._proof import in_high_half
from stator.variants._v7em import biases, padded, scales

VECTOR = 16  # bytes


def vectors(count: int) -> int:
    return -(-count // VECTOR)


def finish(call: KernelCall, weights: Array, channels: int) -> tuple[int, Array]:
    """Power, and the constants of every channel for the end of conv2d_mve.S: int32 [2 or 3, channels], see conv2d_mve.h.

    weights: [channels, products]. Raises NotTaken as scales() and biases() do.
    """
    multiplier, right, folded, reach = _scales(call, weights, channels)
    for power, m, c, proved in in_high_half(multiplier, right, integer(call, "output_zero_point"), reach):
        if proved.all():
            return power, np.stack([_wrapped(c + folded * power), m]).astype(np.int32)
    return 0, np.stack([folded, multiplier, -right]).astype(np.int32)


def finish_apart(call: KernelCall, weights: Array, channels: int) -> Array:
    """Multiplier, power and offset of every channel, int32 [channels, 3]. Raises NotTaken also where a channel is not proved."""
    multiplier, right, folded, reach = _scales(call, weights, channels)
    found, constants = np.zeros(channels, bool), np.zeros((channels, 3), np.int64)
    for power, m, c, proved in in_high_half(multiplier, right, integer(call, "output_zero_point"), reach):
        new = proved & ~found
        constants[new] = np.stack([m, np.full_like(m, power), _wrapped(c + folded * power)], axis=1)[new]
        found |= new
        if found.all():
            return constants.astype(np.int32)
    raise NotTaken(f"requantizing with one multiplication is not proved for {int((~found).sum())} of {channels} channels")


def finish_rounding_twice(call: KernelCall, weights: Array, channels: int) -> Array:
    """Bias, multiplier and negative shift of every channel for REQUANTIZE_4 and ROUND_4 of mve.inc, int32 [channels, 3]."""
    multiplier, right, folded, _ = _scales(call, weights, channels)
    return np.stack([folded, multiplier, -right], axis=1).astype(np.int32)


def _scales(call: KernelCall, weights: Array, channels: int) -> tuple[Array, Array, Array, Array]:
    """Multiplier, shift to the right, bias with the zero point's share, and reach of every channel."""
    multiplier, right = scales(call, channels)
    bias, reach = biases(call, weights)
    return multiplier, right, bias - integer(call, "input_zero_point") * weights.astype(np.int64).sum(axis=1), reach


def _wrapped(x: Array) -> Array:
    """As int32: sums wrap on the way."""
    return (x + 2**31) % 2**32 - 2**31


def stream(weights: Array, constants: Array, side_by_side: int) -> Array:
    """Per `side_by_side` channels: for every vector of the window its weights of each channel, then constants. int32 [words].

    weights: int8 [channels, products], a multiple of 16 of these.
    """
    w = padded(weights, 0, side_by_side).reshape(-(-len(weights) // side_by_side), side_by_side, -1, VECTOR)
    words = np.ascontiguousarray(w.transpose(0, 2, 1, 3)).reshape(len(w), -1).view(np.int32)
    c = padded(constants, 1, side_by_side).reshape(len(constants), len(w), side_by_side).transpose(1, 0, 2).reshape(len(w), -1)
    joined: Array = np.concatenate([words, c], axis=1).reshape(-1)
    return joined
