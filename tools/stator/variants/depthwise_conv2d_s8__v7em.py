"""Depthwise convolution pixel by pixel, four channels at a time (depthwise_conv2d_v7em.h)."""

from __future__ import annotations

import dataclasses

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._v7em import biases, depthwise_stream, scales


def lay_out(call: KernelCall) -> KernelCall:
    channels, multiplies = integers(call, "in_c", "depth_multiplier")
    if multiplies != 1:
        raise NotTaken(f"{multiplies} filters per channel")
    weights = array(call, "weights")
    assert weights is not None
    taps = weights.reshape(-1, channels)
    bias, _ = biases(call, taps.T)
    stream = depthwise_stream(taps, bias, *scales(call, channels))
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes |= {"stream": Constant("stream", "int32_t", stream), "transposed": 0}
    # Order of reads and writes: the operator's, but four channels are read before the first of them is written.
    packed = repacked(call, "stator_depthwise_conv2d_packed", changes, scratch_bytes=0)
    return dataclasses.replace(packed, overlaps=call.overlaps)
