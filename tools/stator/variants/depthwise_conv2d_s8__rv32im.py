"""Depthwise convolution whose windows stay in the image, four channels side by side (depthwise_conv2d_rv32im.h)."""

from __future__ import annotations

import numpy as np

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, scales, stream


def lay_out(call: KernelCall) -> KernelCall:
    channels, multiplier = integers(call, "in_c", "depth_multiplier")
    if multiplier != 1 or channels < 4:
        raise NotTaken(f"{channels} channels with {multiplier} outputs each: 4 or more with one are needed")
    for size, out, kernel, stride, dilation, pad in (
        integers(call, "in_h", "out_h", "kernel_h", "stride_h", "dilation_h", "pad_top"),
        integers(call, "in_w", "out_w", "kernel_w", "stride_w", "dilation_w", "pad_left"),
    ):
        if pad or (out - 1) * stride + (kernel - 1) * dilation >= size:
            raise NotTaken("a window leaves the image")
    weights = array(call, "weights")
    assert weights is not None
    taps = weights.reshape(-1, channels).T
    order = np.arange(channels)
    order = np.concatenate([order[: channels // 4 * 4], order[-4:]]) if channels % 4 else order
    packed = stream(taps[order], biases(call, taps)[order], scales(call, channels)[order], 4)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", packed)
    changes["transposed"] = 0
    return repacked(call, "stator_depthwise_conv2d_packed", changes, scratch_bytes=8)
