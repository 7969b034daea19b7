"""Matrix products with sixteen units side by side (fully_connected_rv32im.h)."""

from __future__ import annotations

from collections.abc import Callable

from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, scales, stream

SIDE_BY_SIDE = 16


def lay_out(call: KernelCall) -> KernelCall:
    (units,) = integers(call, "units")
    return padded_to(call, SIDE_BY_SIDE, lambda weights: stream(weights, biases(call, weights), scales(call, units), SIDE_BY_SIDE))


def padded_to(call: KernelCall, side_by_side: int, stream_of: Callable[[Array], Array]) -> KernelCall:
    """The call with a stream that is made of the weights, int8 [units, depth]. Raises NotTaken where a whole number of `side_by_side` units
    are more than twice those that there are."""
    (units,) = integers(call, "units")
    padded = -(-units // side_by_side) * side_by_side
    if padded > 2 * units:
        raise NotTaken(f"{units} units would take the weights of {padded}")
    weights = array(call, "weights")
    assert weights is not None
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", stream_of(weights))
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
