"""Matrix products with eight units side by side (fully_connected_xpulp.h)."""

from __future__ import annotations

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases
from stator.variants._xpulp import scales, stream, words

SIDE_BY_SIDE = 8


def lay_out(call: KernelCall) -> KernelCall:
    (units,) = integers(call, "units")
    if 2 * units < SIDE_BY_SIDE:
        raise NotTaken(f"{units} units would take the weights of {SIDE_BY_SIDE}")
    weights = array(call, "weights")
    assert weights is not None
    packed = stream(words(weights.reshape(units, 1, -1)), biases(call, weights), scales(call, units), SIDE_BY_SIDE)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", packed)
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
