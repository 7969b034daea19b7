"""Geometry of sliding windows: what convolutions and poolings share. Images are [batch, height, width, channels]."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from stator.ir import Tensor
from stator.ops import Array, Options, Refusal

#: Strides, dilations and kernel sizes beyond this have no meaning for the tensors that are taken.
MAX_STEP = 4096


class Padding(enum.Enum):
    SAME = 0
    VALID = 1

    @classmethod
    def from_tflite(cls, options: Options) -> Padding:
        try:
            return cls(options.integer("Padding"))
        except ValueError:
            raise Refusal(f"padding number {options.integer('Padding')}", remedy="use SAME or VALID") from None


@dataclass(frozen=True, slots=True)
class Margins:
    """Padding that follows neither rule, in elements of the image."""

    top: int
    bottom: int
    left: int
    right: int


def step(options: Options, name: str) -> int:
    """A stride, dilation or size out of a file: 1..MAX_STEP."""
    value = options.integer(name, 1)
    if not 1 <= value <= MAX_STEP:
        raise Refusal(f"option {name} is {value}, and 1..{MAX_STEP} is taken")
    return value


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a window: sizes in elements. `before` is the padding at the start; the end's follows from the sizes."""

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    out: int

    @property
    def padded(self) -> bool:
        """Whether a window can hang over either end."""
        last = (self.out - 1) * self.stride - self.before + (self.kernel - 1) * self.dilation
        return self.before > 0 or last >= self.size

    def positions(self) -> Array:
        """Input position of every tap of every output, int64 [out, kernel]; outside 0..size-1 means padding."""
        starts = np.arange(self.out, dtype=np.int64)[:, None] * self.stride - self.before
        return starts + np.arange(self.kernel, dtype=np.int64)[None, :] * self.dilation


def axis(size: int, kernel: int, stride: int, dilation: int, padding: Padding | tuple[int, int]) -> Axis:
    """The window along one axis, as TensorFlow counts: SAME gives ceil(size / stride), with the odd pixel of padding at the end.

    Or `padding` says how many elements of it there are, before and after.
    """
    reach = (kernel - 1) * dilation + 1
    if kernel > MAX_STEP:
        raise Refusal(f"a kernel of {kernel} elements along one axis", remedy="use a smaller kernel")
    if padding is Padding.SAME:
        out = -(-size // stride)
        before = max((out - 1) * stride + reach - size, 0) // 2
    else:
        before, after = padding if isinstance(padding, tuple) else (0, 0)
        out = (size + before + after - reach) // stride + 1
    if out < 1:
        raise Refusal(f"a window of {reach} does not fit {size} elements", remedy="use SAME padding or a larger input")
    return Axis(size, kernel, stride, dilation, before, out)


def axes(
    x: Tensor, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int], padding: Padding | Margins
) -> tuple[Axis, Axis]:
    """The window over an image, along rows and columns."""
    _, height, width, _ = image(x)
    rows: Padding | tuple[int, int] = (padding.top, padding.bottom) if isinstance(padding, Margins) else padding
    columns: Padding | tuple[int, int] = (padding.left, padding.right) if isinstance(padding, Margins) else padding
    return axis(height, kernel[0], stride[0], dilation[0], rows), axis(width, kernel[1], stride[1], dilation[1], columns)


def widened(before: Axis, by: tuple[int, int]) -> tuple[int, int] | None:
    """Padding of the image inside a border of `by` elements that gives the window `before`; None where a window would be empty."""
    reach, size = (before.kernel - 1) * before.dilation + 1, before.size - sum(by)
    start = before.before + by[0]
    end = (before.out - 1) * before.stride + reach - size - start
    return (start, max(end, 0)) if start < reach and -before.stride < end < reach else None


def strip(rows: Axis, columns: Axis, first: int, end: int) -> tuple[int, int, Margins] | None:
    """The rows a..b-1 of an image that the outputs first..end-1 see, and how those are padded; None where a window sees only padding."""
    low, high = first * rows.stride - rows.before, (end - 1) * rows.stride - rows.before + (rows.kernel - 1) * rows.dilation + 1
    a, b = max(low, 0), min(high, rows.size)
    reach = (rows.kernel - 1) * rows.dilation
    if a >= b or a - low > reach or high - b > reach:
        return None
    right = (columns.out - 1) * columns.stride - columns.before + (columns.kernel - 1) * columns.dilation + 1 - columns.size
    return a, b, Margins(a - low, high - b, columns.before, max(right, 0))


def image(tensor: Tensor) -> tuple[int, int, int, int]:
    """Batch, height, width and channels of a four-dimensional tensor."""
    if len(tensor.type.shape) != 4:
        raise Refusal(f"'{tensor.name}' has shape {list(tensor.type.shape)}, and [batch, height, width, channels] is needed")
    batch, height, width, channels = tensor.type.shape
    return batch, height, width, channels


def patches(x: Array, rows: Axis, columns: Axis, outside: int) -> Array:
    """The windows of x [batch, height, width, channels], as [batch, out rows, out columns, kernel rows, kernel columns, channels]: int64,
    or float32 where x is. Padding holds `outside`."""
    r, c = rows.positions(), columns.positions()
    inside = ((r >= 0) & (r < rows.size))[:, None, :, None] & ((c >= 0) & (c < columns.size))[None, :, None, :]
    taken = x[:, r.clip(0, rows.size - 1)[:, None, :, None], c.clip(0, columns.size - 1)[None, :, None, :], :]
    wide = taken if taken.dtype == np.float32 else taken.astype(np.int64)
    result: Array = np.where(inside[None, ..., None], wide, wide.dtype.type(outside))
    return result
