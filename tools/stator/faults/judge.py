"""What a firmware said of a fault, against the same run without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from stator.measure.oracle import UNKNOWN
from stator.telemetry import Decoder, Record

WATCHDOG_S = 1.5  # STATOR_WATCHDOG_MS: virtual time that passes without a tick before the NMI
DISTURBED = frozenset({"clock", "lost halves"})
"""Reasons that stopping QEMU can give by itself: at each stop it lets as much virtual time pass as the host takes to notice."""
QUIET_TICKS = 20  # a host that hears nothing for so long knows that something is wrong


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault. Times in seconds of virtual time, to the next tick of 100 ms.

    `detected_by`: the reasons in the first record that was not well, a crash's words, `restart`, or `silence`. `harmless`: every output
    after the fault equals that of the run without it. `healthy`: a harmful one that was called healthy (docs/health.md says when).
    `silent`: records that say well and hold other features or logits than they must, of `records`.
    """

    kind: str
    number: int
    what: str
    duration: str
    detected_by: str | None
    detected_s: float | None
    harmless: bool
    healthy: bool
    silent: int
    records: int

    def fields(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def of(cls, fields: Mapping[str, object]) -> Outcome:
        return cls(**fields)  # type: ignore[arg-type]


@dataclass(slots=True)
class Witness:
    """Listens from the fault on. `first`: records, heartbeats and crashes that were there before; `deaf_to`: reasons that do not count."""

    first: tuple[int, int, int]
    deaf_to: frozenset[str] = DISTURBED
    detected_by: str | None = None
    detected_at: int | None = None
    _heard: int = 0
    _heard_at: int = 0

    @classmethod
    def since(cls, decoder: Decoder, tick: int, deaf_to: frozenset[str] = DISTURBED) -> Witness:
        witness = cls((len(decoder.records), len(decoder.heartbeats), len(decoder.crashes)), deaf_to)
        witness._heard, witness._heard_at = len(decoder.records) + len(decoder.heartbeats), tick
        return witness

    def listen(self, decoder: Decoder, tick: int) -> None:
        """At each tick."""
        heard = len(decoder.records) + len(decoder.heartbeats)
        if heard > self._heard:
            self._heard, self._heard_at = heard, tick
        if self.detected_by is None:
            self.detected_by = self._reason(decoder, tick)
            if self.detected_by is not None:
                self.detected_at = tick

    def _reason(self, decoder: Decoder, tick: int) -> str | None:
        records, heartbeats, crashes = self.first
        if len(decoder.crashes) > crashes:
            return decoder.crashes[-1]
        if decoder.failure is not None:
            return decoder.failure
        if decoder.banner is not None and decoder.banner.restarts > 0:
            return "restart"
        told = [r.health for r in decoder.records[records:]] + [h.health for h in decoder.heartbeats[heartbeats:]]
        for health in told:
            reasons = tuple(r for r in health.reasons if r not in self.deaf_to)
            if reasons:
                return ", ".join(reasons)
        return "silence" if tick - self._heard_at > QUIET_TICKS else None


def outcome(
    kind: str,
    number: int,
    what: str,
    duration: str,
    witness: Witness,
    put_at: int,
    records: Sequence[Record],
    reference: Mapping[int, Record],
) -> Outcome:
    """`records`: those after the fault; `reference`: by sequence number, of the run without one."""
    persistent = duration == "persistent"
    wrong = [r for r in records if not _same(r, reference)]
    called_well = [r for r in wrong if r.health.well]
    wrong_state = [r for r in called_well if r.state not in (UNKNOWN, _state(r, reference))]
    seconds = None
    if witness.detected_at is not None:
        seconds = round((witness.detected_at - put_at) * 0.1 + (WATCHDOG_S if str(witness.detected_by).startswith("NMI") else 0), 1)
    harmless = not wrong and bool(records) and _gapless(records)
    detected = witness.detected_by is not None and (seconds or 0) <= 10
    healthy = (not detected and not harmless) if persistent else bool(wrong_state)
    return Outcome(kind, number, what, duration, witness.detected_by, seconds, harmless, healthy, len(called_well), len(records))


def _gapless(records: Sequence[Record]) -> bool:
    return all(b.sequence in (a.sequence + 1, 0) for a, b in pairwise(records))


def _state(record: Record, reference: Mapping[int, Record]) -> int:
    want = reference.get(record.sequence)
    return UNKNOWN if want is None else want.state


def _same(record: Record, reference: Mapping[int, Record]) -> bool:
    want = reference.get(record.sequence)
    return want is not None and (
        (record.crc, record.column, record.logits, record.label, record.confidence, record.state)
        == (want.crc, want.column, want.logits, want.label, want.confidence, want.state)
    )
