"""Depthwise 3x3, stride 1, over lines of four channels (depthwise_conv2d_v7em_3x3.h)."""

from __future__ import annotations

import dataclasses

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integer, integers, repacked
from stator.variants._proof import one_multiplication
from stator.variants._v7em import biases, proved_stream, scales

_TAPS = [1, 2, 0]  # of a line, as the kernel reads them


def lay_out(call: KernelCall) -> KernelCall:
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w") != (3, 3, 1, 1, 1, 1):
        raise NotTaken("the window is not 3x3 with stride 1")
    if integers(call, "depth_multiplier", "pad_top", "pad_left") != (1, 1, 1):
        raise NotTaken("the output's shape is not the input's")
    height, width, channels = integers(call, "in_h", "in_w", "in_c")
    weights = array(call, "weights")
    assert weights is not None
    bias, reach = biases(call, weights.reshape(-1, channels).T)
    multiplier, right = scales(call, channels)
    m, c, proved = one_multiplication(multiplier, right, integer(call, "output_zero_point"), reach)
    if not proved.all():
        raise NotTaken(f"requantizing with one multiplication is not proved for {int((~proved).sum())} of {channels} channels")
    transposed = height > width  # long lines cost less
    taps = weights.reshape(3, 3, channels).transpose((1, 0, 2) if transposed else (0, 1, 2))[:, _TAPS].reshape(9, channels)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", proved_stream(taps, bias, m, c))
    changes["transposed"] = int(transposed)
    scratch = 3 * (max(height, width) + 2) * 8
    return dataclasses.replace(repacked(call, "stator_depthwise_conv2d_packed", changes, scratch), in_place=((0, 0),))
