"""Blocks of an image: what SPACE_TO_DEPTH and DEPTH_TO_SPACE, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from stator.ops import Operands, Options, Refusal
from stator.ops._copy import View

MAX_BLOCK = 64


def block_size(options: Options) -> int:
    size = options.integer("BlockSize")
    if not 1 <= size <= MAX_BLOCK:
        raise Refusal(f"blocks of {size}", remedy=f"use 1..{MAX_BLOCK}")
    return size


def depth_views(space: tuple[int, ...], depth: tuple[int, ...], block: int) -> tuple[View, View]:
    """[batch, y, block, x, block, channels] of the image in space, and of the one in depth."""
    batch, height, width, channels = depth
    in_space = View.of(space).split(1, block).split(3, block)
    in_depth = View.of((batch, height, width, block, block, channels // (block * block))).permute((0, 1, 3, 2, 4, 5))
    return in_space, in_depth


def block_vector(on: Operands) -> tuple[int, int]:
    """Rows and columns of the blocks of an image; a tensor of three dimensions has one row."""
    blocks = on.integers(1, "the blocks")
    if len(on.input(0).type.shape) != 4 or len(blocks) != 2 or not all(1 <= b <= MAX_BLOCK for b in blocks):
        raise Refusal(f"blocks of {list(blocks)} of {list(on.input(0).type.shape)}", remedy="use images of 4 dimensions", unsupported=True)
    return blocks[0], blocks[1]


def edges(on: Operands, what: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right)), from input 2."""
    flat = on.integers(2, what)
    if len(flat) != 4 or not all(0 <= e <= 1 << 20 for e in flat):
        raise Refusal(f"{what} of {list(flat)}")
    return (flat[0], flat[1]), (flat[2], flat[3])


def batch_views(on: Operands, space: tuple[int, ...], batches: tuple[int, ...], first: tuple[int, int]) -> Iterator[tuple[View, View]]:
    """Pairs of views of the image and of the batches, one for each place in a block; the image lies at -`first` in the blocks."""
    blocks = block_vector(on)
    batch = space[0]
    for place in itertools.product(*(range(b) for b in blocks)):
        image_view, batch_view = View.of(space), View.of(batches)
        number = place[0] * blocks[1] + place[1]
        batch_view = batch_view.take(0, number * batch, batch)
        counts = []
        for axis in (0, 1):
            # Block row r holds image row r * block + place - first, where that is one.
            low = max(-(-(first[axis] - place[axis]) // blocks[axis]), 0)
            high = min((space[axis + 1] - 1 + first[axis] - place[axis]) // blocks[axis] + 1, batches[axis + 1])
            counts.append(high - low)
            if high > low:
                start = low * blocks[axis] + place[axis] - first[axis]
                image_view = image_view.take(axis + 1, start, high - low, blocks[axis])
                batch_view = batch_view.take(axis + 1, low, high - low)
        if min(counts) > 0:
            yield image_view, batch_view
