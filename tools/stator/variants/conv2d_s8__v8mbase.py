"""Convolution in blocks of four pixels, two pixels by one multiplication (conv2d_v8mbase.h)."""

from __future__ import annotations

from stator.ops import KernelCall
from stator.variants._v7em import padded
from stator.variants._v8mbase import MORE, stream
from stator.variants.conv2d_s8__v7m import in_blocks

_FOURS = 4  # bytes of the window


def lay_out(call: KernelCall) -> KernelCall:
    return in_blocks(call, lambda weights: stream(call, padded(weights, 1, _FOURS), 4, more=MORE, bytes_more=MORE), 4 * _FOURS)
