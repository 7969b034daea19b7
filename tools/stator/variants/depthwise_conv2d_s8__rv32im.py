"""Depthwise convolution, four channels side by side (depthwise_conv2d_rv32im.h)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from stator.ops import Array, Constant, KernelCall, Value
from stator.variants import NotTaken, array, integers, repacked
from stator.variants._rv32im import Form, biases, negated, scales, stream


def lay_out(call: KernelCall) -> KernelCall:
    return laid_out(call, negated)


def laid_out(call: KernelCall, form: Form) -> KernelCall:
    """`form`: of the scales."""

    def packed(taps: Array, order: Array) -> Array:
        scale = form(call, scales(call, len(taps)), taps)
        return stream(taps[order], biases(call, taps)[order], scale[order], 4)

    return side_by_side(call, packed)


def side_by_side(call: KernelCall, stream_of: Callable[[Array, Array], Array]) -> KernelCall:
    """The call for depthwise_conv2d_pixels.inc. `stream_of`: from taps, int8 [channels, taps], and the order in which channels are
    computed, a multiple of four of them. Raises NotTaken where there are fewer than four channels, or more outputs than one of each."""
    channels, multiplier = integers(call, "in_c", "depth_multiplier")
    if multiplier != 1 or channels < 4:
        raise NotTaken(f"{channels} channels with {multiplier} outputs each: 4 or more with one are needed")
    weights = array(call, "weights")
    assert weights is not None
    order = np.arange(channels)
    order = np.concatenate([order[: channels // 4 * 4], order[-4:]]) if channels % 4 else order
    changes: dict[str, Value] = dict.fromkeys(("weights", "bias", "multiplier", "shift"))
    changes["stream"] = Constant("stream", "int32_t", stream_of(weights.reshape(-1, channels).T, order))
    changes["transposed"] = 0
    made = repacked(call, "stator_depthwise_conv2d_packed", changes, weights.size)
    # Four channels are read before they are written. Where the last group repeats channels, they must not have been overwritten.
    return made if channels % 4 else dataclasses.replace(made, overlaps=call.overlaps)
