"""Operators in other element types than INT8: the same random models."""

from __future__ import annotations

import functools

from tests.python.single_op import conv_2d, depthwise_conv_2d, fully_connected, makers, pool

for _maker in (conv_2d, depthwise_conv_2d, fully_connected):
    makers[f"{_maker.__name__}_int4"] = functools.partial(_maker, weights="int4")
    makers[f"{_maker.__name__}_int16"] = functools.partial(_maker, dtype="int16")

for _name in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
    for _dtype in ("int16", "float32"):
        makers[f"{_name.lower()}_{_dtype}"] = functools.partial(pool, name=_name, dtype=_dtype)
