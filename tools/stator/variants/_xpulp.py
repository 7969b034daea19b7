"""What the layouts for CV32E40P with Xpulp share: words of four weights of a channel, for channels side by side."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, KernelCall
from stator.variants import _rv32im


def scales(call: KernelCall, channels: int) -> Array:
    """Multiplier, rounding and shift of every channel for CV_REQUANTIZE of firmware/kernels/common/xpulp.inc: int32 [channels, 3].

    As _rv32im.scales(), but for results that are cut off around 0 instead of 128 higher. Raises NotTaken as that does.
    """
    scale = _rv32im.scales(call, channels)
    scale[:, 1] -= 128 << scale[:, 2]
    return scale


def words(weights: Array) -> Array:
    """int8 [channels, rows, bytes] as int32 [channels, rows * words]: each row is filled up with zeros to whole words."""
    filled = np.pad(weights, ((0, 0), (0, 0), (0, -weights.shape[2] % 4)))
    as_words: Array = np.ascontiguousarray(filled).view(np.int32).reshape(len(weights), -1)
    return as_words


def stream(words: Array, bias: Array, scale: Array, side_by_side: int) -> Array:
    """Per `side_by_side` channels: biases, weights word by word, scales. words: int32 [channels, words]; int32 [words of all]."""
    missing = -len(words) % side_by_side
    groups = (len(words) + missing) // side_by_side
    w = np.pad(words, ((0, missing), (0, 0))).reshape(groups, side_by_side, -1)
    b = np.pad(bias.astype(np.int32), (0, missing)).reshape(groups, side_by_side)
    s = np.pad(scale, ((0, missing), (0, 0)))
    s[len(words) :, 2] = 1
    packed: Array = np.concatenate([b, w.transpose(0, 2, 1).reshape(groups, -1), s.reshape(groups, -1)], axis=1).reshape(-1)
    return packed
