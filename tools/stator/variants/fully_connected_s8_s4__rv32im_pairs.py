"""Matrix products with INT4 weights, eight units side by side, two products per multiplication (fully_connected_rv32im_pairs.h)."""

from __future__ import annotations

import numpy as np

from stator.numerics import unpack
from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, scales

SIDE_BY_SIDE = 8
CHUNK = 16  # inputs whose products are summed up before halves are taken apart
PLACE = np.array([0, 4, 8, 12, 16, 20, 24, 28])  # of the units' weights in a word


def lay_out(call: KernelCall) -> KernelCall:
    units, depth = integers(call, "units", "depth")
    if 2 * units < SIDE_BY_SIDE:
        raise NotTaken(f"{units} units would take the weights of {SIDE_BY_SIDE}")
    packed = array(call, "weights")
    assert packed is not None
    weights = unpack(packed).reshape(units, -1)[:, :depth]
    missing = -units % SIDE_BY_SIDE
    shape = (-1, SIDE_BY_SIDE)
    bias = np.pad(biases(call, weights), (0, missing)).reshape(shape)
    bias[:, : SIDE_BY_SIDE // 2] -= (1 << 15) * -(-depth // CHUNK)
    scale = np.pad(scales(call, units).astype(np.int64), ((0, missing), (0, 0)))
    scale[units:, 2] = 1
    nibbles = np.pad(weights.astype(np.int64) + 8, ((0, missing), (0, 0))).reshape(*shape, depth)
    words = (nibbles << PLACE[:, None]).sum(axis=1)
    stream = np.concatenate([bias, words, scale.reshape(len(words), -1)], axis=1).reshape(-1) & 0xFFFFFFFF
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", stream.astype(np.uint32).view(np.int32))
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
