"""Operators in other element types than INT8: the same random models."""

from __future__ import annotations

import functools

from tests.python.single_op import conv_2d, depthwise_conv_2d, fully_connected, makers

for _maker in (conv_2d, depthwise_conv_2d, fully_connected):
    makers[f"{_maker.__name__}_int4"] = functools.partial(_maker, weights="int4")
    makers[f"{_maker.__name__}_int16"] = functools.partial(_maker, dtype="int16")
