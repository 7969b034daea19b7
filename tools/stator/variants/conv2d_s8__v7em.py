"""Convolution in blocks of four pixels: rows of the window padded to words, two channels interleaved (conv2d_v7em.h)."""

from __future__ import annotations

import dataclasses

from stator.ops import Constant, KernelCall, Value
from stator.variants import NotTaken, array, integer, integers, repacked
from stator.variants._v7em import biases, padded, pairs_stream, scales


def lay_out(call: KernelCall) -> KernelCall:
    channels, kernel_h, dilation_w = integers(call, "out_c", "kernel_h", "dilation_w")
    if dilation_w != 1:
        raise NotTaken(f"the window's columns are dilated by {dilation_w}")
    weights = array(call, "weights")
    assert weights is not None
    multiplier, right = scales(call, channels)
    bias, reach = biases(call, weights.reshape(channels, -1))
    rows = padded(weights.reshape(channels, kernel_h, -1), 2, 4)
    stream = pairs_stream(rows.reshape(channels, -1), bias, multiplier, right, integer(call, "output_zero_point"), reach)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", stream)
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_top", "pad_left") == (1, 1, 1, 1, 0, 0):
        batches, height, width = integers(call, "batches", "in_h", "in_w")  # pixel by pixel: all of them are one row
        changes |= {"batches": 1, "in_h": 1, "in_w": batches * height * width, "out_h": 1, "out_w": batches * height * width}
    # Columns of int16 for four pixels, and a row of each.
    scratch = 8 * rows[0].size + 4 * rows.shape[2]
    packed = repacked(call, "stator_conv2d_packed", changes, scratch)
    # All windows of a block are read before its first pixel is written: what is right pixel by pixel is right block by block.
    return dataclasses.replace(packed, overlaps=call.overlaps)
