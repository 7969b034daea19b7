"""An arena in several regions, where no region takes all of it, or where only a slow one does: which buffer lies in which."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from stator.memory.pack import Block, Gaps, Packing, greedy, pack, peak

SENSIBLE = 4  # orders that are all tried
SHUFFLES = 40  # that are tried too, as long as none fits


@dataclass(frozen=True, slots=True)
class Room:
    """What is free in a region, in bytes, and the wait states of an access to it."""

    region: str
    bytes: int
    wait: int


@dataclass(frozen=True, slots=True)
class Part:
    """The share of the arena that lies in one region: the numbers of its blocks, and their places in it."""

    room: Room
    blocks: tuple[int, ...]
    packing: Packing


def spread(
    blocks: Sequence[Block], gaps: Gaps, traffic: Sequence[int], rooms: Sequence[Room], together: Collection[int]
) -> tuple[Part, ...] | None:
    """Puts every block into one region, and into each no more than it has room for; the region of the blocks `together` comes first.

    `traffic`: bytes of each block that one inference reads and writes. Of what is found, that with the fewest wait states in all is taken,
    then that with the fewest bytes. None where nothing is found, which is no proof that there is nothing.
    """
    search = _Search(blocks, gaps, sorted(rooms, key=lambda room: room.wait))
    best: tuple[Part, ...] | None = None
    least = 0, 0
    for tried, order in enumerate(_orders(blocks, traffic, together), start=1):
        for parts in search.found(tuple(together), order):
            cost = waits(parts, traffic), sum(part.packing.bytes for part in parts)
            if best is None or cost < least:
                best, least = parts, cost
        if best is not None and tried >= SENSIBLE:
            break
    return None if best is None else tuple(Part(part.room, part.blocks, pack(*search.some(part.blocks))) for part in best)


def waits(parts: Sequence[Part], traffic: Sequence[int]) -> int:
    """Wait states of one inference, an access to every byte that is read or written."""
    return sum(part.room.wait * sum(traffic[i] for i in part.blocks) for part in parts)


def _orders(blocks: Sequence[Block], traffic: Sequence[int], together: Collection[int]) -> Iterator[list[int]]:
    """In which the blocks that are not `together` choose their region: SENSIBLE ones, and shuffled ones."""
    others = [i for i in range(len(blocks)) if i not in together]
    yield sorted(others, key=lambda i: (-traffic[i] / max(blocks[i].bytes, 1), -blocks[i].bytes))
    yield sorted(others, key=lambda i: (-traffic[i], -blocks[i].bytes))
    yield sorted(others, key=lambda i: (-blocks[i].bytes, blocks[i].first))
    yield sorted(others, key=lambda i: (blocks[i].first - blocks[i].last, -blocks[i].bytes))
    rng = random.Random(0)
    for _ in range(SHUFFLES):
        yield rng.sample(others, len(others))


@dataclass(frozen=True, slots=True)
class _Search:
    blocks: Sequence[Block]
    gaps: Gaps
    rooms: Sequence[Room]

    def found(self, together: tuple[int, ...], order: Sequence[int]) -> Iterator[tuple[Part, ...]]:
        """For every region that has room for the blocks `together`: the others, one by one, each in the fastest region that still has."""
        for home in range(len(self.rooms)):
            homes: list[tuple[int, ...]] = [()] * len(self.rooms)
            if self._put(homes, [home], together) and all(self._put(homes, range(len(self.rooms)), (i,)) for i in order):
                used = [r for r in sorted(range(len(homes)), key=lambda r: r != home) if homes[r]]
                yield tuple(Part(self.rooms[r], homes[r], self._packed(homes[r], self.rooms[r])) for r in used)

    def _put(self, homes: list[tuple[int, ...]], regions: Sequence[int], more: tuple[int, ...]) -> bool:
        for r in regions:
            tenants, room = tuple(sorted((*homes[r], *more))), self.rooms[r].bytes
            if peak(*self.some(tenants)) <= room and self._packed(tenants, self.rooms[r]).bytes <= room:
                homes[r] = tenants
                return True
        return False

    def _packed(self, tenants: tuple[int, ...], room: Room) -> Packing:
        return greedy(*self.some(tenants), enough=room.bytes)

    def some(self, tenants: tuple[int, ...]) -> tuple[list[Block], Gaps]:
        """Some of the blocks, and what is allowed between them."""
        at = {i: n for n, i in enumerate(tenants)}
        return [self.blocks[i] for i in tenants], {(at[i], at[j]): gap for (i, j), gap in self.gaps.items() if i in at and j in at}
