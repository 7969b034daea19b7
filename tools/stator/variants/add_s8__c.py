"""Sum of two tensors of one shape as one sum of products."""

from __future__ import annotations

import dataclasses

from stator.ops import KernelCall, Value
from stator.variants._sum_of_products import products


def lay_out(call: KernelCall) -> KernelCall:
    a, b, offset, elements = products(call)
    params: dict[str, Value] = {"a_multiplier": a, "b_multiplier": b, "offset": offset, "elements": elements}
    return dataclasses.replace(call, struct="stator_add_c", params=tuple(params.items()), scratch_bytes=0)
