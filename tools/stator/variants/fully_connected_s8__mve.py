"""Matrix products with eight units side by side, in vectors of 16 bytes (fully_connected_mve.h)."""

from __future__ import annotations

import numpy as np

from stator.ops import Constant, KernelCall, Value
from stator.variants import array, integer, repacked
from stator.variants._mve import VECTOR, finish, stream
from stator.variants._v7em import padded

_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]  # of eight units: two vectors of sums are narrowed into alternating lanes


def lay_out(call: KernelCall) -> KernelCall:
    weights = array(call, "weights")
    assert weights is not None
    power, constants = finish(call, weights, integer(call, "units"))
    w = padded(padded(weights, 0, 8), 1, VECTOR)
    w = np.roll(w, VECTOR, axis=1)  # the last vector of a row is read first
    units = np.arange(len(w)).reshape(-1, 8)[:, _ORDER].reshape(-1)
    header = np.array([power, 0, 0, 0], np.int32)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift", "per_channel"))
    changes["stream"] = Constant("stream", "int32_t", np.concatenate([header, stream(w[units], padded(constants, 1, 8)[:, units], 8)]))
    return repacked(call, "stator_fully_connected_packed", changes, scratch_bytes=0)
