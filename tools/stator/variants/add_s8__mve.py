"""Sum of two tensors of one shape for Helium, as one sum of products."""

from __future__ import annotations

import dataclasses

from stator.ops import KernelCall, Value
from stator.variants._sum_of_products import products

_ROUNDED = (1 << 15) + (1 << 21)  # what the kernel's two roundings add


def lay_out(call: KernelCall) -> KernelCall:
    a, b, offset, elements = products(call, _ROUNDED)
    params: dict[str, Value] = {"a_multiplier": a, "b_multiplier": b, "offset": offset - _ROUNDED, "elements": elements}
    return dataclasses.replace(call, struct="stator_add_mve", params=tuple(params.items()), scratch_bytes=0)
