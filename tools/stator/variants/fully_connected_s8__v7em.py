"""Matrix products with four units side by side (fully_connected_v7em.h)."""

from __future__ import annotations

import numpy as np

from stator.ops import Constant, KernelCall, Value
from stator.variants import array, integers, repacked
from stator.variants._v7em import biases, padded, scales


def lay_out(call: KernelCall) -> KernelCall:
    units, zero_point = integers(call, "units", "input_zero_point")
    weights = array(call, "weights")
    assert weights is not None
    multiplier, right = scales(call, units)
    bias, _ = biases(call, weights)
    bias = bias - zero_point * weights.astype(np.int64).sum(axis=1)
    w = padded(padded(weights, 0, 4), 1, 4).reshape(-1, 4, -(-weights.shape[1] // 4), 4)  # group, unit, word, byte
    words = np.ascontiguousarray(w.transpose(0, 2, 1, 3)).reshape(len(w), -1).view(np.int32)
    b, m, s = (padded(a.astype(np.int64), 0, 4).reshape(-1, 4) for a in (bias, multiplier, right))
    scale = np.stack([m, np.maximum(s, 1)], axis=-1).reshape(len(w), 8)
    stream = np.concatenate([b, words, scale], axis=1).astype(np.int32).reshape(-1)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", stream)
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
