"""Convolution with INT4 weights in blocks of eight pixels by four channels, two products per multiplication (conv2d_rv32im_8x4.h)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.numerics import unpack
from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import biases, one_multiplication, scales

GROUP = 8  # taps of a word of weights
CHANNELS = 4
TAP_BYTES = 16  # of eight pixels
#: Of a chunk's weights: -128 times them must fit 16 bits.
MAX_SUM = (1 << 15) // 128 - 1
FEW = 3  # pixels that leave most of a block empty


def lay_out(call: KernelCall) -> KernelCall:
    channels, kernel_h, kernel_w, depth, height, width = integers(call, "out_c", "kernel_h", "kernel_w", "in_c", "out_h", "out_w")
    packed = array(call, "weights")
    assert packed is not None
    products = kernel_h * kernel_w * depth
    weights = unpack(packed).reshape(channels, -1)[:, :products]
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_top", "pad_left") == (1, 1, 1, 1, 0, 0):
        batches, in_h, in_w = integers(call, "batches", "in_h", "in_w")  # pixel by pixel: all of them are one row
        width, height = batches * in_h * in_w, 1
        changes |= {"batches": 1, "in_h": 1, "in_w": width, "out_h": 1, "out_w": width}
    if height * width <= FEW:
        raise NotTaken(f"an output of {height * width} pixels, and blocks are of eight")
    bias, scale = biases(call, weights), scales(call, channels)
    found = one_multiplication(call, scale, weights)
    if found is None:
        bits, finish = 0, np.concatenate([4 * bias[:, None], scale], axis=1)
    else:
        bits, (offset, multiplier, shift) = found[0], found[1].T
        finish = np.stack([(bias << bits) + offset, multiplier, np.full_like(shift, 16 - bits), shift], axis=1)
    groups = -(-products // GROUP)
    rows = np.pad(weights, ((0, -channels % CHANNELS), (0, groups * GROUP - products))).reshape(-1, CHANNELS, groups, GROUP)
    chunk = TAP_BYTES * GROUP * _chunk(np.abs(rows.astype(np.int64)).sum(axis=3).reshape(-1, groups))
    changes["stream"] = Constant("stream", "int32_t", np.concatenate([np.array([chunk, bits], np.int32), _stream(rows, finish)]))
    made = repacked(call, "stator_conv2d_packed", changes, TAP_BYTES * GROUP * groups)
    # All windows of a block are read before its first pixel is written: what is right pixel by pixel is right block by block.
    return dataclasses.replace(made, overlaps=call.overlaps)


def _chunk(sums: Array) -> int:
    """Groups that can be summed before halves must be taken apart, the most there can be. sums: of absolute weights [channels, groups]."""
    groups = sums.shape[1]
    for count in range(groups, 0, -1):
        padded = np.pad(sums, ((0, 0), (0, -groups % count))).reshape(len(sums), -1, count)
        if int(padded.sum(axis=2).max()) <= MAX_SUM:
            return count
    raise AssertionError("eight weights of four bits are at most 64 together")


def _stream(rows: Array, finish: Array) -> Array:
    """rows: int8 [sets of four channels, 4, groups, 8]; finish: int64 [channels, 4], the words behind the weights."""
    nibbles = (rows.astype(np.int64) & 15) << (4 * np.arange(GROUP))
    words = nibbles.sum(axis=3).transpose(0, 2, 1).reshape(len(rows), -1)
    behind = np.pad(finish, ((0, CHANNELS * len(rows) - len(finish)), (0, 0))).reshape(len(rows), -1)
    stream: Array = (np.concatenate([words, behind], axis=1).reshape(-1) & 0xFFFFFFFF).astype(np.uint32)
    return stream.view(np.int32)
