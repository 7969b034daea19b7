"""Matrix products with sixteen units side by side (fully_connected_rv32im.h)."""

from __future__ import annotations

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, scales, stream

SIDE_BY_SIDE = 16


def lay_out(call: KernelCall) -> KernelCall:
    (units,) = integers(call, "units")
    padded = -(-units // SIDE_BY_SIDE) * SIDE_BY_SIDE
    if padded > 2 * units:
        raise NotTaken(f"{units} units would take the weights of {padded}")
    weights = array(call, "weights")
    assert weights is not None
    packed = stream(weights, biases(call, weights), scales(call, units), SIDE_BY_SIDE)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", packed)
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
