"""What a stream of telemetry has said so far, in bounded memory: a monitor may run for months."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from stator.telemetry import Banner, Decoder, Health, Record

UNKNOWN = 255
"""The debounced state before enough frames have come."""
KEPT = 240
"""Records that stay at hand for the picture."""


class Watch:
    """Counts and the last records. Sequence numbers prove loss: the firmware's own `overruns` is shown beside, and never believed alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._decoder = Decoder()
        self._now = now
        self.last: deque[Record] = deque(maxlen=KEPT)
        self.frames = 0
        self.lost = 0
        self.repeated = 0
        self.restarts = 0
        self.unwell = 0  # frames
        self.health: Health | None = None
        self.crash: str | None = None  # why the firmware restarted last, in its own words
        self.failure: str | None = None  # why it gave up; None again when it speaks again
        self.states: Counter[int] = Counter()
        self.changes = 0
        self.heard_at = now()

    @property
    def banner(self) -> Banner | None:
        return self._decoder.banner

    @property
    def garbage(self) -> int:
        """Lines that no checksum vouches for."""
        return self._decoder.garbage

    @property
    def dropped(self) -> int:
        """Frames that the firmware left out since this host did not read, by its own word."""
        return self._decoder.dropped

    @property
    def silent_s(self) -> float:
        """Seconds since the last record."""
        return self._now() - self.heard_at

    @property
    def period_s(self) -> float | None:
        """Seconds from one frame to the next, as the image says."""
        return self.banner.half_ticks / self.banner.sample_clock_hz if self.banner else None

    @property
    def silent(self) -> bool:
        """Whether a decision is overdue: ten frames, and never less than two seconds."""
        return self.silent_s > max(2.0, 10 * (self.period_s or 0.2))

    def hear(self, data: bytes) -> None:
        """Takes the stream in pieces of any size."""
        self._decoder.feed(data)
        decoder = self._decoder
        if decoder.heartbeats:
            self.health = decoder.heartbeats[-1].health
        if decoder.crashes:
            self.crash = decoder.crashes[-1]
        for record in decoder.records:
            self._one(record)
        if decoder.failure is not None:
            self.failure = decoder.failure
        decoder.records, decoder.heartbeats, decoder.crashes, decoder.failure = [], [], [], None

    def _one(self, record: Record) -> None:
        before = self.last[-1] if self.last else None
        if before is not None:
            step = record.sequence - before.sequence
            if record.timestamp < before.timestamp:
                self.restarts += 1
            elif step > 1:
                self.lost += step - 1
            elif step < 1:
                self.repeated += 1
            self.changes += record.state != before.state
        self.frames += 1
        self.failure = None
        self.health = record.health
        self.unwell += not record.health.well
        self.states[record.state] += 1
        self.last.append(record)
        self.heard_at = self._now()
