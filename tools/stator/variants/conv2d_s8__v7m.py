"""Convolution in blocks of four pixels, two pixels by four channels at a time (conv2d_v7m.h)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._v7m import stream


def lay_out(call: KernelCall) -> KernelCall:
    return in_blocks(call, lambda weights: stream(call, weights, 4))


def in_blocks(call: KernelCall, stream_of: Callable[[Array], Array], more_scratch: int = 0) -> KernelCall:
    """The call for conv2d_blocks.inc, with a stream that is made of the weights, int8 [channels, products]. `more_scratch`: bytes that four
    bytes of the window take behind the windows. Raises NotTaken where columns are dilated."""
    channels, dilation_w = integers(call, "out_c", "dilation_w")
    if dilation_w != 1:
        raise NotTaken(f"the window's columns are dilated by {dilation_w}")
    weights = array(call, "weights")
    assert weights is not None
    flat = weights.reshape(channels, -1)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", stream_of(flat))
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_top", "pad_left") == (1, 1, 1, 1, 0, 0):
        batches, height, width = integers(call, "batches", "in_h", "in_w")  # pixel by pixel: all of them are one row
        changes |= {"batches": 1, "in_h": 1, "in_w": batches * height * width, "out_h": 1, "out_w": batches * height * width}
    scratch = 4 * flat.shape[1] + more_scratch * -(-flat.shape[1] // 4)
    # The windows of four pixels: all are read before the first of them is written, so what is right by pixels is right by blocks.
    return dataclasses.replace(repacked(call, "stator_conv2d_packed", changes, scratch), overlaps=call.overlaps)
