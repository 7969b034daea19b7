"""Depthwise 3x3, stride 1, over lines of one channel (depthwise_conv2d_rv32im_3x3.h)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import Form, biases, negated, scales


def lay_out(call: KernelCall) -> KernelCall:
    return laid_out(call, negated)


def laid_out(call: KernelCall, form: Form) -> KernelCall:
    """`form`: of the scales."""

    def stream(flat: Array, taps: Array) -> Array:
        bias = biases(call, flat).astype(np.int32)
        words = np.ascontiguousarray(np.pad(taps.reshape(len(taps), 9), ((0, 0), (0, 3)))).view(np.int32)
        packed: Array = np.concatenate([bias[:, None], form(call, scales(call, len(flat)), flat), words], axis=1)
        return packed

    return over_lines(call, stream, 1)


def over_lines(call: KernelCall, stream_of: Callable[[Array, Array], Array], pixels: int) -> KernelCall:
    """The call for depthwise_conv2d_lines.inc, `pixels` computed at a time. `stream_of`: int32 [channels, words] from the taps as they are
    in the file, int8 [channels, 9], and as lines see them, [channels, along, across]. Raises NotTaken for other windows and sizes."""
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w") != (3, 3, 1, 1, 1, 1):
        raise NotTaken("the window is not 3x3 with stride 1")
    height, width, channels = integers(call, "in_h", "in_w", "in_c")
    if integers(call, "depth_multiplier", "pad_top", "pad_left", "out_h", "out_w") != (1, 1, 1, height, width):
        raise NotTaken("the output's shape is not the input's")
    weights = array(call, "weights")
    assert weights is not None
    transposed = height > width  # long lines cost less
    taps = weights.reshape(3, 3, channels).transpose((2, 0, 1) if transposed else (2, 1, 0))
    stream = stream_of(weights.reshape(9, channels).T, taps)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", stream.reshape(-1))
    changes["transposed"] = int(transposed)
    pitch = -(-max(height, width) // pixels) * pixels + 2
    packed = repacked(call, "stator_depthwise_conv2d_packed", changes, 4 * pitch)
    return dataclasses.replace(packed, in_place=((0, 0),))
