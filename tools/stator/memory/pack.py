"""Arena packing: blocks with lifetimes get offsets, so that blocks that live at once do not overlap, or only as far as they may.

Offline dynamic storage allocation is NP-hard. Greedy placement in several orders and seeded swaps find most optima at once; where
their result is above the bound, an exact solver goes on from it (`stator.memory.exact`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SWAPS = 20_000  # placements tried times blocks squared: some hundredths of a second

#: (i, j) -> bytes from the start of i to the start of j, at least, where i is the lower one and both live at once. All of i where
#: a pair is not there.
Gaps = Mapping[tuple[int, int], int]


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
    """One offset per block, the bytes they span, and the lower bound: no packing of these blocks can be smaller."""

    offsets: tuple[int, ...]
    bytes: int
    bound: int


def pack(blocks: Sequence[Block], gaps: Gaps | None = None) -> Packing:
    """Places the blocks. The same blocks always get the same offsets."""
    gaps = gaps or {}
    found = greedy(blocks, gaps)
    if found.bytes > found.bound:
        from stator.memory.exact import solve  # noqa: PLC0415 (the solver takes half a second to load, and is seldom needed)

        return solve(blocks, gaps, found)
    return found


def greedy(blocks: Sequence[Block], gaps: Gaps, enough: int = 0) -> Packing:
    """A good packing, mostly an optimal one; the search ends with one of `enough` bytes."""
    bound = peak(blocks, gaps)
    everyone = range(len(blocks))
    near = [[j for j in everyone if j != i and blocks[j].meets(blocks[i])] for i in everyone]
    orders = [
        sorted(everyone, key=lambda i: (-blocks[i].bytes, blocks[i].first)),
        sorted(everyone, key=lambda i: (-blocks[i].bytes * (blocks[i].last - blocks[i].first + 1), blocks[i].first)),
        sorted(everyone, key=lambda i: (blocks[i].first - blocks[i].last, -blocks[i].bytes)),
        sorted(everyone, key=lambda i: (blocks[i].first, -blocks[i].bytes)),
        sorted(everyone, key=lambda i: (blocks[i].first % 2, -blocks[i].bytes)),
    ]
    best_order, best = min(((order, _place(blocks, gaps, near, order)) for order in orders), key=lambda pair: _span(blocks, pair[1]))
    rng = random.Random(0)
    for _ in range(SWAPS // max(1, len(blocks) ** 2) if len(blocks) > 1 else 0):
        if _span(blocks, best) <= max(bound, enough):
            break
        i, j = rng.sample(everyone, 2)
        order = list(best_order)
        order[i], order[j] = order[j], order[i]
        offsets = _place(blocks, gaps, near, order)
        if _span(blocks, offsets) <= _span(blocks, best):
            best_order, best = order, offsets
    return Packing(tuple(best), _span(blocks, best), bound)


def peak(blocks: Sequence[Block], gaps: Gaps) -> int:
    """The most bytes that live at one step, less what may overlap there: a proven lower bound of every packing."""
    return max((peak_at(blocks, gaps, step) for step in {b.first for b in blocks}), default=0)


def peak_at(blocks: Sequence[Block], gaps: Gaps, step: int) -> int:
    """The bytes that live at `step`, less what may overlap then."""
    live = {i for i, b in enumerate(blocks) if b.first <= step <= b.last}
    pairs = {(min(pair), max(pair)) for pair in gaps if live.issuperset(pair)}
    shared = sum(_shared(blocks, gaps, i, j) for i, j in pairs)
    return max(sum(blocks[i].bytes for i in live) - shared, *(blocks[i].bytes for i in live)) if live else 0


def _shared(blocks: Sequence[Block], gaps: Gaps, i: int, j: int) -> int:
    """The most bytes that two blocks can have in common."""
    low, high = blocks[i].bytes, blocks[j].bytes
    return max(0, min(low - gap(blocks, gaps, i, j), high), min(high - gap(blocks, gaps, j, i), low))


def gap(blocks: Sequence[Block], gaps: Gaps, lower: int, upper: int) -> int:
    """The least distance between the starts of two blocks that live at once."""
    return gaps.get((lower, upper), blocks[lower].bytes)


def _place(blocks: Sequence[Block], gaps: Gaps, near: Sequence[Sequence[int]], order: Sequence[int]) -> list[int]:
    """Puts the blocks, one after the other, at the lowest offset that is free for all their life."""
    offsets = [-1] * len(blocks)
    for i in order:
        at = 0
        taken = [(offsets[j] - gap(blocks, gaps, i, j), offsets[j] + gap(blocks, gaps, j, i)) for j in near[i] if offsets[j] >= 0]
        for low, high in sorted(taken):
            if at <= low:
                break
            at = max(at, align_up(high, blocks[i].align))
        offsets[i] = at
    return offsets


def _span(blocks: Sequence[Block], offsets: Sequence[int]) -> int:
    return max((at + b.bytes for at, b in zip(offsets, blocks, strict=True)), default=0)


def align_up(value: int, align: int) -> int:
    """The next multiple of `align`."""
    return -(-value // align) * align
