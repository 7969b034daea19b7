"""How far an output may lie over its input: counted from the order in which kernels read and write, which their headers promise."""

from __future__ import annotations

import numpy as np

from stator.ops import Array, Overlap
from stator.ops._window import Axis


def window_overlap(
    rows: Axis,
    columns: Axis,
    in_depth: int,
    out_depth: int,
    batches: int,
    *,
    tile: int = 1,
    by_channel: bool = False,
    backwards: bool = True,
) -> Overlap:
    """Of a kernel that goes pixel by pixel over the output and reads a window of the input for each (INT8 elements).

    `tile`: pixels of a row whose windows are read, and which are written, in any order among themselves (a row's last tile may be
    narrower, at either end). `by_channel`: in a pixel, a channel of the window is read for the last time before that channel is
    written, from the first channel to the last. `backwards`: the kernel can also go from the last pixel to the first.
    """
    first, end = _windows(rows, columns, in_depth)
    count, image = len(first), rows.size * columns.size * in_depth
    written = np.arange(count, dtype=np.int64) * out_depth
    # In a tile, another pixel of it may still be to come: up to tile - 1 before, or after where the kernel runs backwards.
    before, after = np.arange(count) - (tile - 1), np.arange(count) + (tile - 1)
    # Forwards, the output lies ahead of the input: what a pixel writes must lie before all that it and later ones read.
    to_read = np.minimum.accumulate(np.append(first, image)[::-1])[::-1]
    here = to_read[before.clip(min=0)]
    limit = np.minimum(to_read[1:], here + out_depth) if by_channel and tile == 1 else here
    grows = max(0, (batches - 1) * (count * out_depth - image))
    ahead = max(0, int((written + out_depth - limit).max())) + grows
    if not backwards:
        return Overlap(0, 0, ahead, None)
    # Backwards, it lies behind: what a pixel writes must lie past all that it and earlier ones read.
    read_up_to = np.maximum.accumulate(end)
    shrinks = max(0, (batches - 1) * (image - count * out_depth))
    return Overlap(0, 0, ahead, max(0, int((read_up_to[after.clip(max=count - 1)] - written).max())) + shrinks)


def _windows(rows: Axis, columns: Axis, depth: int) -> tuple[Array, Array]:
    """Of each output pixel of an image: the first byte that its window reads, and the end of the last; (image size, 0) for none."""
    lows, highs, some = [], [], []
    for axis in (rows, columns):
        positions = axis.positions()
        inside = (positions >= 0) & (positions < axis.size)
        lows.append(np.where(inside, positions, axis.size).min(axis=1))
        highs.append(np.where(inside, positions, -1).max(axis=1))
        some.append(inside.any(axis=1))
    any_tap = np.logical_and.outer(some[0], some[1]).reshape(-1)
    first = (lows[0][:, None] * columns.size + lows[1][None, :]).reshape(-1) * depth
    end = (highs[0][:, None] * columns.size + highs[1][None, :] + 1).reshape(-1) * depth
    return np.where(any_tap, first, rows.size * columns.size * depth), np.where(any_tap, end, 0)
