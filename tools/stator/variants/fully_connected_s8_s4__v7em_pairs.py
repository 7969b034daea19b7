"""Matrix products with INT4 weights, eight units side by side, two weights a mask (fully_connected_v7em_pairs.h)."""

from __future__ import annotations

import numpy as np

from stator.numerics import unpack
from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._v7em import biases, padded, scales

SIDE_BY_SIDE = 8


def lay_out(call: KernelCall) -> KernelCall:
    units, depth, zero_point = integers(call, "units", "depth", "input_zero_point")
    if 2 * units < SIDE_BY_SIDE:
        raise NotTaken(f"{units} units would take the weights of {SIDE_BY_SIDE}")
    packed = array(call, "weights")
    assert packed is not None
    weights = unpack(packed).reshape(units, -1)[:, :depth].astype(np.int64)
    multiplier, right = scales(call, units)
    bias = biases(call, weights)[0] - zero_point * weights.sum(axis=1)
    nibbles = padded(padded(weights + 8, 0, SIDE_BY_SIDE), 1, 4)
    place = 4 * np.arange(4)[:, None, None] + 16 * np.arange(2)[:, None]  # of unit and half; the last axis is x0 x2 or x1 x3
    w = nibbles.reshape(-1, 2, 4, nibbles.shape[1] // 4, 2, 2).transpose(0, 3, 1, 2, 4, 5)  # group, word, units, unit, half, pair
    words = (w << place).sum(axis=(3, 4)).transpose(0, 1, 3, 2).reshape(len(w), -1)
    b, m, s = (padded(a.astype(np.int64), 0, SIDE_BY_SIDE).reshape(-1, SIDE_BY_SIDE) for a in (bias, multiplier, right))
    scale = np.stack([m, np.maximum(s, 1)], axis=-1).reshape(len(w), -1)
    stream = np.concatenate([b, words, scale], axis=1).reshape(-1) & 0xFFFFFFFF
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", stream.astype(np.uint32).view(np.int32))
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
