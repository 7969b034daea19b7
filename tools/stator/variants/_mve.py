"""What the layouts for Helium share: how sums become outputs, and which layers that is exact for."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import integer
from stator.variants._proof import in_high_half
from stator.variants._v7em import biases, padded, scales

VECTOR = 16  # bytes


def vectors(count: int) -> int:
    return -(-count // VECTOR)


def finish(call: KernelCall, weights: Array, channels: int) -> tuple[int, Array]:
    """Power, and the constants of every channel for the end of conv2d_mve.S: int32 [2 or 3, channels], see conv2d_mve.h.

    weights: [channels, products]. Raises NotTaken as scales() and biases() do.
    """
    multiplier, right = scales(call, channels)
    bias, reach = biases(call, weights)
    folded = bias - integer(call, "input_zero_point") * weights.astype(np.int64).sum(axis=1)
    proof = in_high_half(multiplier, right, integer(call, "output_zero_point"), reach)
    if proof is not None:
        power, m, c = proof
        offset = (c + folded * power + 2**31) % 2**32 - 2**31  # sums wrap on the way
        return power, np.stack([offset, m]).astype(np.int32)
    return 0, np.stack([folded, multiplier, -right]).astype(np.int32)


def stream(weights: Array, constants: Array, side_by_side: int) -> Array:
    """Per `side_by_side` channels: for every vector of the window its weights of each channel, then constants. int32 [words].

    weights: int8 [channels, products], a multiple of 16 of these.
    """
    w = padded(weights, 0, side_by_side).reshape(-(-len(weights) // side_by_side), side_by_side, -1, VECTOR)
    words = np.ascontiguousarray(w.transpose(0, 2, 1, 3)).reshape(len(w), -1).view(np.int32)
    c = padded(constants, 1, side_by_side).reshape(len(constants), len(w), side_by_side).transpose(1, 0, 2).reshape(len(w), -1)
    joined: Array = np.concatenate([words, c], axis=1).reshape(-1)
    return joined
