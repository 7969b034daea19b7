"""What is known about each channel of a tensor, a channel being one index of the last axis. A tensor without axes has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stator.ir import DType, TensorType

Array = npt.NDArray[Any]
BLOCK = 1 << 20  # weights that are looked at together: bounds the memory that this takes
MAX_CHANNELS = 1 << 21  # that are followed together, for the same reason
Mask = npt.NDArray[np.bool_]


def channels(kind: TensorType) -> int:
    return kind.shape[-1] if kind.shape else 1


def everything(kind: TensorType) -> Mask:
    return np.ones(channels(kind), dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """The least and the greatest value that each channel can hold, for any input of the model: int64 [channels]."""

    low: Array
    high: Array

    @classmethod
    def whole(cls, kind: TensorType) -> Bounds:
        """Nothing is known but the element type, and of other types than INT8 and INT16 not even that."""
        bits = {DType.INT8: 8, DType.INT16: 16}.get(kind.dtype, 64)
        low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
        return cls(np.full(channels(kind), low, dtype=np.int64), np.full(channels(kind), high, dtype=np.int64))

    @classmethod
    def of(cls, data: Array) -> Bounds:
        """Of a constant of integers."""
        rows = data.reshape(-1, data.shape[-1] if data.ndim else 1).astype(np.int64)
        return cls(rows.min(axis=0), rows.max(axis=0))

    @property
    def constant(self) -> Mask:
        """Channels that hold one value, always and everywhere."""
        mask: Mask = self.low == self.high
        return mask

    def clipped(self, low: int, high: int) -> Bounds:
        return Bounds(self.low.clip(low, high), self.high.clip(low, high))

    def through(self, monotone: Callable[[Array], Array]) -> Bounds:
        """The bounds of monotone(x)."""
        return Bounds(monotone(self.low), monotone(self.high))

    def products(self, weights: Array, zero_point: int, *, padded: bool) -> Bounds:
        """Bounds of the sum over all taps and channels of (x - zero_point) * w. weights: [outputs, taps, channels]; the bounds are those
        of each channel, or [outputs, 1] where each output sees one channel only.

        Where the window can hang over the edge, any tap may add nothing.
        """
        low, high = self.low - zero_point, self.high - zero_point
        if padded:
            low, high = np.minimum(low, 0), np.maximum(high, 0)
        rows = max(1, BLOCK // max(1, weights[0].size))
        least, most = np.zeros(len(weights), dtype=np.int64), np.zeros(len(weights), dtype=np.int64)
        for at in range(0, len(weights), rows):
            part = slice(at, at + rows)
            up, down = (weights[part].clip(*ends).sum(axis=1, dtype=np.int64) for ends in ((0, None), (None, 0)))
            some_low, some_high = (x if x.ndim == 1 else x[part] for x in (low, high))
            least[part] = (up * some_low + down * some_high).sum(axis=1)
            most[part] = (up * some_high + down * some_low).sum(axis=1)
        return Bounds(least, most)
