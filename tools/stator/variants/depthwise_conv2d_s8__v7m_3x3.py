"""Depthwise 3x3, stride 1, over lines of one channel (depthwise_conv2d_v7m_3x3.h)."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants._mve import finish_apart
from stator.variants.depthwise_conv2d_s8__rv32im_3x3 import over_lines

_PIXELS = 4  # at a time


def lay_out(call: KernelCall) -> KernelCall:
    def stream(flat: Array, taps: Array) -> Array:
        m, power, offset = finish_apart(call, flat, len(flat)).T
        by_line = taps.transpose(0, 2, 1).reshape(len(flat), 9)
        packed: Array = np.concatenate([offset[:, None], by_line * power[:, None], m[:, None]], axis=1).astype(np.int32)
        return packed

    return over_lines(call, stream, _PIXELS)
