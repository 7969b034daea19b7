"""Instructions beside cycles: RTL tells, for each time the firmware read mcycle, what minstret was in the same clock.

The firmware's own times are differences of mcycle. Found among the reads again, the same two moments give instructions.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from stator.errors import ToolError
from stator.sim.verilator import Counters
from stator.telemetry import Record


@dataclass(frozen=True, slots=True)
class _Moments:
    """mcycle at entry of the half's interrupt, and when the model began."""

    entered: int
    begun: int


def _moments(records: Sequence[Record], cycles: Sequence[int], known: Container[int]) -> Iterator[_Moments]:
    """Of each record, as long as its times are all among the reads."""
    first = 0
    for record in records:
        for at in range(first, len(cycles)):
            entered = cycles[at]
            woken, decided = entered + record.handover, entered + record.decision
            featured = woken + record.features
            if woken in known and decided in known and featured in known:
                begun = next((c for c in cycles[at:] if featured <= c <= decided and c + record.inference in known), None)
                if begun is not None:
                    break
        else:
            return
        first = at + 1
        yield _Moments(entered, begun)


def entries(records: Sequence[Record], counters: Counters) -> list[int]:
    """mcycle at entry of each record's interrupt, up to a record that is not found among the reads."""
    cycles = [int(c) for c in counters[:, 0]]
    return [m.entered for m in _moments(records, cycles, set(cycles))]


def in_instructions(records: Sequence[Record], counters: Counters) -> tuple[Record, ...]:
    """The records with handover, features, inference and decision in instructions. Raises ToolError where a frame is not found."""
    cycles = [int(c) for c in counters[:, 0]]
    retired = dict(zip(cycles, (int(i) for i in counters[:, 1]), strict=True))
    found: list[Record] = []
    for record, moments in zip(records, _moments(records, cycles, retired), strict=False):
        entered, begun = moments.entered, moments.begun
        woken, decided = entered + record.handover, entered + record.decision
        featured = woken + record.features
        found.append(
            replace(
                record,
                handover=retired[woken] - retired[entered],
                features=retired[featured] - retired[woken],
                inference=retired[begun + record.inference] - retired[begun],
                decision=retired[decided] - retired[entered],
            )
        )
    if len(found) < len(records):
        raise ToolError(f"frame {records[len(found)].sequence}: its times are not among the counters that the simulator saw")
    return tuple(found)


def of_bench(retired: Sequence[int], runs: int, layers: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What each run and each layer took, by the order in which firmware/bench/bench.c reads the counter; what the reads themselves
    take subtracted. `retired`: instructions, or anything else that is counted, at each read. Raises ToolError where there are not as
    many reads."""
    if len(retired) != 2 + 2 * runs + 2 + layers + 1:
        raise ToolError(f"the bench image read the counter {len(retired)} times, {2 * runs + layers + 5} were expected")
    overhead = retired[1] - retired[0]
    timed, marks = retired[2 : 2 + 2 * runs], retired[2 + 2 * runs :]
    hook, marks = marks[1] - marks[0], marks[2:]
    return (
        tuple(b - a - overhead for a, b in zip(timed[::2], timed[1::2], strict=True)),
        tuple(b - a - hook for a, b in pairwise(marks)),
    )
