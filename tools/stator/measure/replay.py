"""A run, judged by the host's own data: nothing lost or doubled, everything equal to the oracle, and what it cost."""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from stator.board import Board
from stator.measure.oracle import Expected
from stator.telemetry import Record

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Stream:
    """How the records cover the signal. Counts come from sequence numbers and the CRCs of the raw halves by position.

    lost: halves up to the last record's that no record proves; duplicated: records that repeat a sequence number or carry the
    data of a half that another record has; wrong_times: successive records whose timestamps are not apart by whole halves.
    """

    frames: int
    lost: int
    duplicated: int
    wrong_times: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Records against the oracle, byte for byte."""

    exact: bool
    compared_bytes: int
    mismatches: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Instructions of a part of a frame's path, over all frames."""

    name: str
    mean: float
    least: int
    worst: int


def check_stream(records: Sequence[Record], halves: npt.NDArray[np.int16], half_ticks: int) -> Stream:
    """Checks the records' positions in the signal, which loops. Sequence numbers count halves from 0."""
    crcs = [zlib.crc32(half.astype("<i2").tobytes()) for half in halves]
    where = {crc: index for index, crc in enumerate(crcs)}
    problems: list[str] = []
    proved: set[int] = set()
    duplicated = 0
    for record in records:
        expected = crcs[record.sequence % len(crcs)]
        if record.sequence in proved:
            duplicated += 1
            problems.append(f"frame {record.sequence}: came again")
        elif record.crc == expected:
            proved.add(record.sequence)
        else:
            at = where.get(record.crc)
            duplicated += at is not None
            whose = "no half of the signal" if at is None else f"half {at} of the signal"
            problems.append(f"frame {record.sequence}: its samples have CRC {record.crc:08x}, {whose}, expected {expected:08x}")
    last = max((r.sequence for r in records), default=-1)
    lost = last + 1 - len(proved)
    if lost:
        first = itertools.islice((s for s in range(last + 1) if s not in proved), _SHOWN)
        problems.append(f"{lost} frames lost: {', '.join(map(str, first))}{' ...' if lost > _SHOWN else ''}")
    wrong = 0
    for a, b in itertools.pairwise(records):
        expected_ticks = (b.sequence - a.sequence) * half_ticks
        if b.timestamp - a.timestamp != expected_ticks:
            wrong += 1
            problems.append(
                f"frame {b.sequence}: {b.timestamp - a.timestamp:,} ticks after frame {a.sequence}, programmed {expected_ticks:,}"
            )
    return Stream(len(records), lost, duplicated, wrong, tuple(problems))


def compare(records: Sequence[Record], expected: Sequence[Expected]) -> Comparison:
    """Compares features, logits, class, confidence and state of every record; a difference names frame, index, expected and got."""
    compared = mismatches = 0
    problems: list[str] = []
    for record, want in zip(records, expected, strict=True):
        for what, got_bytes, want_bytes in (("feature", record.column, want.column), ("logit", record.logits, want.logits)):
            compared += len(want_bytes)
            if got_bytes != want_bytes:
                mismatches += 1
                problems.append(f"frame {record.sequence}: {_difference(what, got_bytes, want_bytes)}")
        for what, got, due in (
            ("class", record.label, want.label),
            ("confidence", record.confidence, want.confidence),
            ("state", record.state, want.state),
        ):
            compared += 1
            if got != due:
                mismatches += 1
                problems.append(f"frame {record.sequence}: {what}: expected {due}, got {got}")
    return Comparison(mismatches == 0 and compared > 0, compared, mismatches, tuple(problems))


def _difference(what: str, got: bytes, want: bytes) -> str:
    if len(got) != len(want):
        return f"{len(got)} {what}s, expected {len(want)}"
    a, b = np.frombuffer(got, np.int8), np.frombuffer(want, np.int8)
    at = np.flatnonzero(a != b)
    return f"{what} {at[0]}: expected {b[at[0]]}, got {a[at[0]]}" + (f" (and {len(at) - 1} more)" if len(at) > 1 else "")


def stages(records: Sequence[Record], board: Board) -> tuple[Stage, ...]:
    """Instructions per part of the path; `whole` runs from entry of the buffer-full interrupt to the write of the decision.

    The counter's units become instructions by board.yml; a unit that is coarser than one instruction rounds up.
    """
    unit = board.instructions_per_count or Fraction(1)
    parts = {
        "interrupt to task": [r.handover for r in records],
        "features": [r.features for r in records],
        "inference": [r.inference for r in records],
        "hand-on and decision": [r.decision - r.handover - r.features - r.inference for r in records],
        "whole": [r.decision for r in records],
    }
    return tuple(
        Stage(name, float(sum(counts) * unit / max(len(counts), 1)), _up(min(counts, default=0) * unit), _up(max(counts, default=0) * unit))
        for name, counts in parts.items()
    )


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def accuracy(records: Sequence[Record], expected: Sequence[Expected], truth: int | None) -> float | None:
    """Balanced accuracy against the signal's one label: the share of frames with a full window that got it. None without either."""
    labels = [r.label for r, want in zip(records, expected, strict=True) if want.full]
    return None if truth is None or not labels else sum(label == truth for label in labels) / len(labels)


def verdict_of(records: Sequence[Record], expected: Sequence[Expected]) -> int | None:
    """The class of a whole recording: what most frames with a full window say; None where no frame has one."""
    labels = Counter(r.label for r, want in zip(records, expected, strict=True) if want.full)
    return min(labels, key=lambda label: (-labels[label], label)) if labels else None
