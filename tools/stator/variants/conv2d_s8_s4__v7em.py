"""Convolution with INT4 weights in blocks of four pixels: the layout for INT8 with two weights in a byte (conv2d_v7em.h)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.numerics import unpack
from stator.ops import Constant, KernelCall
from stator.variants import array, integers
from stator.variants import conv2d_s8__v7em as wide

BIASES, SCALES = 2, 4  # words of two channels, before and behind their weights


def lay_out(call: KernelCall) -> KernelCall:
    channels, kernel_h, kernel_w, depth = integers(call, "out_c", "kernel_h", "kernel_w", "in_c")
    packed = array(call, "weights")
    assert packed is not None
    weights = unpack(packed).reshape(channels, -1)[:, : kernel_h * kernel_w * depth]
    as_int8 = {**dict(call.params), "weights": Constant("weights", "int8_t", weights)}
    laid = wide.lay_out(dataclasses.replace(call, kernel="conv2d_s8", params=tuple(as_int8.items())))
    stream = array(laid, "stream")
    assert stream is not None and laid.scratch_bytes is not None
    pairs = stream.view(np.uint32).reshape(-(-channels // 2), -1)
    words = pairs[:, BIASES:-SCALES].reshape(len(pairs), -1, 2) & np.uint32(0x0F0F0F0F)
    narrow = np.concatenate([pairs[:, :BIASES], words[..., 0] | words[..., 1] << np.uint32(4), pairs[:, -SCALES:]], axis=1)
    params = {**dict(laid.params), "stream": Constant("stream", "int32_t", narrow.reshape(-1).view(np.int32))}
    return dataclasses.replace(
        laid, kernel=call.kernel, params=tuple(params.items()), scratch_bytes=laid.scratch_bytes + 4 * pairs.shape[1]
    )
