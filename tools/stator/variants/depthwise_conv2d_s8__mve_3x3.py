"""Depthwise 3x3, stride 1 or 2, over lines of eight channels (depthwise_conv2d_mve_3x3.h)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.ops import Constant, KernelCall, Overlap, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._mve import finish_apart

_WORDS = 4  # of weights per channel
_AHEAD = 2  # lines of outputs
_PLANES, _FAR = 8, 1 << 16  # channels side by side; how far apart the first and the last may lie, in bytes


def lay_out(call: KernelCall) -> KernelCall:
    if integers(call, "kernel_h", "kernel_w", "dilation_h", "dilation_w", "depth_multiplier") != (3, 3, 1, 1, 1):
        raise NotTaken("the window is not 3x3 over one channel each")
    stride_h, stride_w, channels = integers(call, "stride_h", "stride_w", "in_c")
    if (stride_h, stride_w) not in ((1, 1), (2, 2)):
        raise NotTaken(f"the strides are {stride_h} and {stride_w}, and both 1 or both 2 are taken")
    weights = array(call, "weights")
    assert weights is not None
    constants = finish_apart(call, weights.reshape(-1, channels).T, channels)
    out_h, out_w = integers(call, "out_h", "out_w")
    transposed = out_h > out_w  # long lines cost less
    side, before = ("h", "top") if transposed else ("w", "left")
    size, out, pad, stride = integers(call, f"in_{side}", f"out_{side}", f"pad_{before}", f"stride_{side}")
    pitch = 4 * max((out - 1) * stride + 3, pad + size) + 4
    if (_PLANES - 1) * pitch >= _FAR:
        raise NotTaken(f"lines of {size} pixels are too long")
    taps = weights.reshape(3, 3, channels).transpose((2, 0, 1) if transposed else (2, 1, 0))  # channel, column, line
    words = np.zeros((channels, _WORDS, 4), np.int8)
    words[:, :3, :3] = taps
    stream = np.concatenate([words.reshape(channels, -1).view(np.int32), constants], axis=1).reshape(-1)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", stream)
    changes["transposed"] = int(transposed)
    packed = repacked(call, "stator_depthwise_conv2d_packed", changes, _PLANES * pitch + 16)
    if stride_h == 2 and not transposed:
        packed = dataclasses.replace(packed, overlaps=(_overlap(packed),))
    same = integers(call, "in_h", "in_w", "pad_top", "pad_left") == (out_h, out_w, 1, 1) and stride_h == 1
    return dataclasses.replace(packed, in_place=((0, 0),) if same else ())


def _overlap(call: KernelCall) -> Overlap:
    """With stride 2: the kernel goes over blocks of lines, all channels of one before the next; it says where they end."""
    in_h, out_h, stride, pad = integers(call, "in_h", "out_h", "stride_h", "pad_top")
    in_w, out_w, channels, batches = integers(call, "in_w", "out_w", "in_c", "batches")
    into, out = in_w * channels, out_w * channels
    ahead, first = 0, 0
    while first < out_h:
        needed = max(first * stride - pad, 0) * into
        end = min(max(_AHEAD + needed // out, first + 1), out_h)
        ahead, first = max(ahead, end * out - needed), end
    return Overlap(0, 0, ahead + max(0, (batches - 1) * (out_h * out - in_h * into)), None)
