"""Matrix products with eight units side by side (fully_connected_v8mbase.h)."""

from __future__ import annotations

from stator.ops import KernelCall
from stator.variants._v8mbase import MORE, stream
from stator.variants.fully_connected_s8__rv32im import padded_to

SIDE_BY_SIDE = 8


def lay_out(call: KernelCall) -> KernelCall:
    return padded_to(call, SIDE_BY_SIDE, lambda weights: stream(call, weights, SIDE_BY_SIDE, more=MORE))
