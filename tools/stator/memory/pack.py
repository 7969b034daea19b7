"""Arena packing: blocks with lifetimes get offsets, so that blocks that live at once never overlap.

Offline dynamic storage allocation is NP-hard; this is greedy placement in several orders, then seeded swaps. It is pure and
small so that an exact solver can take its place.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

SWAPS = 100_000  # placements tried times blocks squared: a tenth of a second


@dataclass(frozen=True, slots=True)
class Block:
    """`bytes` needed from step `first` to step `last`, both included, at a multiple of `align`."""

    bytes: int
    align: int
    first: int
    last: int

    def meets(self, other: Block) -> bool:
        """Whether both live at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Packing:
    """One offset per block, the bytes they span, and the lower bound: no packing can be smaller than what lives at once."""

    offsets: tuple[int, ...]
    bytes: int
    bound: int


def pack(blocks: Sequence[Block]) -> Packing:
    """Places the blocks. The same blocks always get the same offsets."""
    bound = peak(blocks)
    everyone = range(len(blocks))
    orders = [
        sorted(everyone, key=lambda i: (-blocks[i].bytes, blocks[i].first)),
        sorted(everyone, key=lambda i: (-blocks[i].bytes * (blocks[i].last - blocks[i].first + 1), blocks[i].first)),
        sorted(everyone, key=lambda i: (blocks[i].first - blocks[i].last, -blocks[i].bytes)),
        sorted(everyone, key=lambda i: (blocks[i].first, -blocks[i].bytes)),
    ]
    best_order, best = min(((order, _place(blocks, order)) for order in orders), key=lambda pair: _span(blocks, pair[1]))
    rng = random.Random(0)
    for _ in range(SWAPS // max(1, len(blocks) ** 2) if len(blocks) > 1 else 0):
        if _span(blocks, best) == bound:
            break
        i, j = rng.sample(everyone, 2)
        order = list(best_order)
        order[i], order[j] = order[j], order[i]
        offsets = _place(blocks, order)
        if _span(blocks, offsets) <= _span(blocks, best):
            best_order, best = order, offsets
    return Packing(tuple(best), _span(blocks, best), bound)


def peak(blocks: Sequence[Block]) -> int:
    """The most bytes that live at one step: a proven lower bound of every packing."""
    return max((sum(b.bytes for b in blocks if b.first <= step <= b.last) for step in {b.first for b in blocks}), default=0)


def _place(blocks: Sequence[Block], order: Sequence[int]) -> list[int]:
    """Puts the blocks, one after the other, at the lowest offset that is free for all their life."""
    offsets = [0] * len(blocks)
    placed: list[int] = []
    for i in order:
        at = 0
        for low, high in sorted((offsets[j], offsets[j] + blocks[j].bytes) for j in placed if blocks[j].meets(blocks[i])):
            if at + blocks[i].bytes <= low:
                break
            at = max(at, align_up(high, blocks[i].align))
        offsets[i] = at
        placed.append(i)
    return offsets


def _span(blocks: Sequence[Block], offsets: Sequence[int]) -> int:
    return max((at + b.bytes for at, b in zip(offsets, blocks, strict=True)), default=0)


def align_up(value: int, align: int) -> int:
    """The next multiple of `align`."""
    return -(-value // align) * align
