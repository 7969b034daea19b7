"""Depthwise convolution, four channels side by side (depthwise_conv2d_v8mbase.h)."""

from __future__ import annotations

from stator.ops import KernelCall
from stator.variants._v8mbase import stream
from stator.variants.depthwise_conv2d_s8__rv32im import side_by_side


def lay_out(call: KernelCall) -> KernelCall:
    return side_by_side(call, lambda taps, order: stream(call, taps, 4, order))
