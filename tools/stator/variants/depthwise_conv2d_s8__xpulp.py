"""Depthwise convolution, four channels and four taps of a row at a time (depthwise_conv2d_xpulp.h)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases
from stator.variants._xpulp import scales, stream, words


def lay_out(call: KernelCall) -> KernelCall:
    channels, multiplier, kernel_h, kernel_w = integers(call, "in_c", "depth_multiplier", "kernel_h", "kernel_w")
    if multiplier != 1 or channels < 4:
        raise NotTaken(f"{channels} channels with {multiplier} outputs each: 4 or more with one are needed")
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w") == (3, 3, 1, 1, 1, 1):
        raise NotTaken("rows of three taps leave a quarter of each word empty: lines of one channel (rv32im) take less")
    weights = array(call, "weights")
    assert weights is not None
    taps = weights.reshape(-1, channels).T
    rows = taps.reshape(channels, 1, -1) if kernel_w == 1 else taps.reshape(channels, kernel_h, kernel_w)
    order = np.arange(channels)
    order = np.concatenate([order[: channels // 4 * 4], order[-4:]]) if channels % 4 else order
    packed = stream(words(rows)[order], biases(call, taps)[order], scales(call, channels)[order], 4)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", packed)
    changes["transposed"] = 0
    laid_out = repacked(call, "stator_depthwise_conv2d_packed", changes, weights.size)
    # Four channels are read before they are written. Where the last group repeats channels, they must not have been overwritten.
    return laid_out if channels % 4 else dataclasses.replace(laid_out, overlaps=call.overlaps)
