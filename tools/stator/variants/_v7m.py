"""What the layouts for Armv7-M without DSP instructions share: the requantize's limits are those of Armv7E-M, weights lie as on RV32IM."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import _rv32im, integers
from stator.variants._v7em import scales


def stream(call: KernelCall, weights: Array, side_by_side: int, order: Array | None = None) -> Array:
    """Per `side_by_side` channels: biases, weights by byte, and of each channel multiplier, shift to the right and zero point. weights:
    int8 [channels, products]; `order`: in which channels come; int32 [words]. Raises NotTaken where the requantize of
    firmware/kernels/common/asm.h is not exact."""
    (zero_point,) = integers(call, "output_zero_point")
    multiplier, right = scales(call, len(weights))
    scale = np.stack([multiplier, right, np.full(len(weights), zero_point)], axis=1).astype(np.int32)
    bias = _rv32im.biases(call, weights)
    if order is not None:
        weights, bias, scale = weights[order], bias[order], scale[order]
    return _rv32im.stream(weights, bias, scale, side_by_side)
