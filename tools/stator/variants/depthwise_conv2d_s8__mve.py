"""Depthwise convolution with windows of any size, eight channels side by side (depthwise_conv2d_mve.c)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._mve import finish_rounding_twice
from stator.variants._v7em import padded

SIDE_BY_SIDE = 8
_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]  # of constants: products are widened to even and to odd channels


def lay_out(call: KernelCall) -> KernelCall:
    channels, multiplies = integers(call, "in_c", "depth_multiplier")
    if multiplies != 1:
        raise NotTaken(f"{multiplies} filters per channel")
    weights = array(call, "weights")
    assert weights is not None
    taps = weights.reshape(-1, channels).T
    if taps.min() == -128:
        raise NotTaken("a weight is -128, and two products must fit 16 bits")
    constants = padded(finish_rounding_twice(call, taps, channels), 0, SIDE_BY_SIDE)
    groups = len(constants) // SIDE_BY_SIDE
    words = np.ascontiguousarray(padded(taps, 0, SIDE_BY_SIDE).reshape(groups, SIDE_BY_SIDE, -1).transpose(0, 2, 1)).reshape(groups, -1)
    behind = constants.reshape(groups, SIDE_BY_SIDE, 3)[:, _ORDER].reshape(groups, 2, 4, 3).transpose(0, 1, 3, 2).reshape(groups, -1)
    stream = np.concatenate([words.view(np.int32), behind], axis=1).reshape(-1)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes |= {"stream": Constant("stream", "int32_t", stream), "transposed": 0}
    # Order of reads and writes: the operator's, but eight channels are read before the first of them is written.
    packed = repacked(call, "stator_depthwise_conv2d_packed", changes, scratch_bytes=0)
    return dataclasses.replace(packed, overlaps=call.overlaps)
