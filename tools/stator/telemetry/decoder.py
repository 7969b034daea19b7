"""A stream of telemetry, decoded. Every byte of the serial line is untrusted.

Between frames a failing firmware says `FAIL why` and a newline, as text, so that a terminal shows it. It is believed without a checksum,
because believing it wrongly can only turn a pass into a failure. Everything else that does not decode is counted and never used.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stator.telemetry.frames import FRAME_LIMIT, payload
from stator.telemetry.messages import Banner, Crash, Dropped, Health, Heartbeat, Message, Record, Stacks, decoded

_GARBAGE_KEPT = 8
_FAIL = re.compile(rb"(?:^|\n)FAIL ([^\n]{0,200})")
_FAIL_LINE = re.compile(rb"(?:.*\n)?FAIL [^\n]*\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """All that one stream said. `garbage` counts what lay between two zero bytes and does not decode, `garbage_shown` holds the first few,
    escaped."""

    banner: Banner | None
    records: tuple[Record, ...]
    stacks: Mapping[str, int] = field(default_factory=dict)
    garbage: int = 0
    garbage_shown: tuple[str, ...] = ()
    failure: str | None = None
    heartbeats: tuple[Heartbeat, ...] = ()
    crashes: tuple[str, ...] = ()  # why, after each restart
    dropped: int = 0  # frames, as the firmware counts them; those of an RTT whose host did not read


class Decoder:
    """Takes the stream in pieces of any size. The only mutable thing here, so that a run can be watched."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.heartbeats: list[Heartbeat] = []
        self.crashes: list[str] = []
        self.banner: Banner | None = None
        self.failure: str | None = None
        self.garbage = 0
        self.dropped = 0
        self._stacks: dict[str, int] = {}
        self._shown: list[str] = []
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> None:
        """Decodes the whole frames in `data` and keeps the begun one for later."""
        *chunks, self._rest = (self._rest + data).split(b"\0")
        for chunk in chunks:
            if self._skipping:
                self._skipping = False
            elif chunk:
                self._chunk(chunk)
        last_words = _FAIL_LINE.match(self._rest)
        if last_words is not None:  # no frame need follow them
            self._failed(self._rest)
            self._rest = self._rest[last_words.end() :]
        if len(self._rest) > FRAME_LIMIT:
            if not self._skipping:
                self._reject(self._rest)
            self._skipping, self._rest = True, b""

    def finish(self, *, cut: bool) -> Telemetry:
        """What was said. `cut`: the stream was stopped by us, so that an unfinished last frame is no garbage; a FAIL in it counts."""
        if self._rest and not self._failed(self._rest) and not cut:
            self._chunk(self._rest)
        self._rest = b""
        return Telemetry(
            self.banner,
            tuple(self.records),
            dict(self._stacks),
            self.garbage,
            tuple(self._shown),
            self.failure,
            tuple(self.heartbeats),
            tuple(self.crashes),
            self.dropped,
        )

    def _chunk(self, chunk: bytes) -> None:
        message = _message(chunk)
        if message is None:
            if not self._failed(chunk):
                self._reject(chunk)
        elif isinstance(message, Record):
            self.records.append(message)
        elif isinstance(message, Heartbeat):
            self.heartbeats.append(message)
        elif isinstance(message, Banner):
            self.banner = message
        elif isinstance(message, Crash):
            self.crashes.append(message.why)
        elif isinstance(message, Dropped):
            self.dropped = message.frames
        else:
            for name, used in message.used.items():
                self._stacks[name] = max(self._stacks.get(name, 0), used)

    def _failed(self, chunk: bytes) -> bool:
        found = _FAIL.search(chunk)
        if found is not None and self.failure is None:
            self.failure = found[1].decode("ascii", "backslashreplace").strip()
        return found is not None

    def _reject(self, chunk: bytes) -> None:
        self.garbage += 1
        if len(self._shown) < _GARBAGE_KEPT:
            self._shown.append(ascii(chunk[:80])[2:-1])


def decode(data: bytes, *, cut: bool = False) -> Telemetry:
    """Decodes a whole stream, or with `cut` what there is of it by now."""
    decoder = Decoder()
    decoder.feed(data)
    return decoder.finish(cut=cut)


def shown(data: bytes) -> Iterator[str]:
    """What there is of a stream, for the eye: a line per message, `record sequence=7 ...`, and what is no message as it came."""
    *chunks, rest = data.split(b"\0")
    for chunk in filter(None, [*chunks, *(b"FAIL " + why for why in _FAIL.findall(rest))]):
        message = _message(chunk)
        if message is None:
            yield from chunk.decode("ascii", "backslashreplace").strip().splitlines()
        else:
            yield _line(message)


def _line(message: Message) -> str:
    kind = type(message).__name__.lower()
    if isinstance(message, Stacks):
        values: dict[str, object] = dict(message.used)
    else:
        values = {f.name: getattr(message, f.name) for f in dataclasses.fields(message)}
    if "health" in values:
        health = values.pop("health")
        assert isinstance(health, Health)
        values |= {"rounds": health.rounds, "health": ", ".join(health.reasons) or "well"}
    return " ".join([kind, *(f"{name}={v.hex() if isinstance(v, bytes) else v}" for name, v in values.items())])


def _message(chunk: bytes) -> Message | None:
    data = payload(chunk)
    try:
        return None if data is None else decoded(data)
    except ValueError:
        return None
