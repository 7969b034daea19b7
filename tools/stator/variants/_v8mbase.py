"""What the layouts for Armv8-M Baseline and Armv6-M share: the requantize's limits are those of RV32IM, and weights may be stored as 128
more than they are."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import _rv32im, integers
from stator.variants._v7em import scales

MORE = 128


def stream(call: KernelCall, weights: Array, side_by_side: int, order: Array | None = None, *, more: int = 0, bytes_more: int = 0) -> Array:
    """Per `side_by_side` channels: biases, weights by byte, and of each channel multiplier, shift to the right and zero point + 128.

    weights: int8 [channels, products]; `order`: in which channels come; `more`: what weights are stored as more than they are;
    `bytes_more`: what is added to each byte that they are multiplied by, for which the biases make up; int32 [words]. Raises NotTaken
    where the requantize of firmware/kernels/common/asm.h is not exact.
    """
    (zero_point,) = integers(call, "output_zero_point")
    multiplier, right = scales(call, len(weights))
    scale = np.stack([multiplier, right, np.full(len(weights), zero_point + MORE)], axis=1).astype(np.int32)
    bias = _rv32im.biases(call, weights) - bytes_more * weights.astype(np.int64).sum(axis=1)
    stored = (weights.astype(np.int16) + more).astype(np.uint8).view(np.int8)
    if order is not None:
        stored, bias, scale = stored[order], bias[order], scale[order]
    return _rv32im.stream(stored, bias, scale, side_by_side)
