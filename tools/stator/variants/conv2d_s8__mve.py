"""Convolution in pairs of pixels and vectors of 16 bytes (conv2d_mve.h)."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.ops import Constant, KernelCall, Overlap, Value
from stator.ops._overlap import window_overlap
from stator.ops._window import Axis
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._mve import VECTOR, finish, stream, vectors
from stator.variants._v7em import padded

_VECTOR_COST, _ROW_COST = 14, 6  # instructions of four channels of a pair of pixels
_GATHER_COST = 200, 12, 6  # of a pair of windows, of each of their rows, and of each vector of both that these have


def lay_out(call: KernelCall) -> KernelCall:
    channels, kernel_h, dilation_w = integers(call, "out_c", "kernel_h", "dilation_w")
    if dilation_w != 1:
        raise NotTaken(f"the window's columns are dilated by {dilation_w}")
    weights = array(call, "weights")
    assert weights is not None
    flat = weights.reshape(channels, -1)
    power, constants = finish(call, flat, channels)
    rows = _rows(channels, kernel_h, flat.shape[1])
    w = padded(flat.reshape(channels, rows, -1), 2, VECTOR).reshape(channels, -1)
    steps = w.shape[1] // VECTOR // rows
    header = np.array([power, rows, steps, 0], np.int32)
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", np.concatenate([header, stream(w, constants, 4)]))
    if integers(call, "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_top", "pad_left") == (1, 1, 1, 1, 0, 0):
        batches, height, width = integers(call, "batches", "in_h", "in_w")  # pixel by pixel: all of them are one row
        changes |= {"batches": 1, "in_h": 1, "in_w": batches * height * width, "out_h": 1, "out_w": batches * height * width}
    packed = repacked(call, "stator_conv2d_packed", changes, 0)
    if not _in_the_image(packed, rows, steps):
        packed = dataclasses.replace(packed, scratch_bytes=2 * w.shape[1])
    return dataclasses.replace(packed, overlaps=(_overlap(packed),))


def _rows(channels: int, kernel_h: int, products: int) -> int:
    """Whether windows are read row by row where they lie (kernel_h), or gathered into one (1): what takes fewer instructions."""
    groups, row = -(-channels // 4), products // kernel_h
    one, many = vectors(products), kernel_h * vectors(row)
    gathering = _GATHER_COST[0] + kernel_h * (_GATHER_COST[1] + _GATHER_COST[2] * vectors(row))
    return kernel_h if groups * ((many - one) * _VECTOR_COST + kernel_h * _ROW_COST) <= gathering else 1


def _in_the_image(call: KernelCall, rows: int, steps: int) -> bool:
    """Whether every window lies in the image, with all that is read behind its rows: then none is gathered."""
    down, along = _axes(call)
    height, width, depth = integers(call, "in_h", "in_w", "in_c")
    if down.padded or along.padded or rows != down.kernel:
        return False
    last = (down.positions()[-1, -1] * width + along.positions()[-1, 0]) * depth
    return bool(last + steps * VECTOR <= height * width * depth)


def _axes(call: KernelCall) -> tuple[Axis, Axis]:
    down, along = (
        Axis(*integers(call, f"in_{side}", f"kernel_{side}", f"stride_{side}", f"dilation_{side}", f"pad_{before}", f"out_{side}"))
        for side, before in (("h", "top"), ("w", "left"))
    )
    return down, along


def _overlap(call: KernelCall) -> Overlap:
    """Of pairs of pixels: one of them is written while the other's window is still read."""
    in_c, out_c, batches = integers(call, "in_c", "out_c", "batches")
    return window_overlap(*_axes(call), in_c, out_c, batches, tile=2)
