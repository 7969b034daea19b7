"""Matrix products with sixteen units side by side, or eight (fully_connected_rv32im.h)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, scales, stream

SIDE_BY_SIDE = 16


def lay_out(call: KernelCall) -> KernelCall:
    (units,) = integers(call, "units")
    sixteens = (units + SIDE_BY_SIDE // 2 - 1) // SIDE_BY_SIDE * SIDE_BY_SIDE  # eight or fewer that are left are eight side by side

    def made(weights: Array) -> Array:
        bias, scale = biases(call, weights), scales(call, units)
        parts = ((slice(sixteens), SIDE_BY_SIDE), (slice(sixteens, None), SIDE_BY_SIDE // 2))
        return np.concatenate([stream(weights[of], bias[of], scale[of], wide) for of, wide in parts if len(weights[of])])

    return padded_to(call, SIDE_BY_SIDE, made)


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
