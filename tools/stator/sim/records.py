"""Telemetry lines of the firmware, decoded. Every byte of the serial line is untrusted.

A line is ASCII, ends in `*`, the CRC-32 (IEEE, eight lower-case hex digits) of everything before the `*`, and a newline:

    B,version=0.1.0,board=mps2_an505,...*crc                                      once, first
    C,restart,why*crc                                                             after a restart, if the firmware knows why it ended
    F,seq,timestamp,crc,class,confidence,state,overruns,handover,features,inference,decision,<columns>,<logits>,health,rounds*crc
    H,halves,ticks,health,rounds*crc                                              in place of records, while no half comes
    S,task=bytes,...*crc                                                          stack high-water marks
    FAIL why                                                                      the firmware gives up; no CRC needed

`health`: reasons of not being well in the lower 16 bits, their complement in the upper (firmware/include/stator/health.h); `rounds`: whole
self-tests so far. Firmware that knows no health ends its F lines with the logits; what a later one adds behind `rounds` is not looked at.

What does not decode is counted as garbage and never used; only FAIL is believed without a CRC, because believing it wrongly
can only turn a pass into a failure.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

LINE_LIMIT = 4096
"""Bytes of the longest line that is looked at; a longer one is garbage."""

_GARBAGE_KEPT = 8
_HEX = frozenset(b"0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Banner:
    """What the image says it is."""

    version: str
    board: str
    model: str
    sha256: str
    counter_hz: int
    sample_clock_hz: int
    half_ticks: int
    window: int
    columns: int
    restarts: int = 0  # since power came, as far as the firmware remembers


REASONS = (
    "starting",
    "flash",
    "ram",
    "known answer",
    "memory",
    "lost halves",
    "sensor dead",
    "sensor stuck",
    "sensor clipped",
    "sensor offset",
    "clock",
    "drift",
    "confidence",
)
"""The bits of `health`, the lowest first."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the firmware says of itself. `word` as on the line; `rounds` whole self-tests since its start, modulo 2^16."""

    word: int
    rounds: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not well; empty only for a word that agrees with itself and names nothing."""
        low = self.word & 0xFFFF
        if self.word >> 16 != low ^ 0xFFFF:
            return ("its own state",)
        return tuple(REASONS[bit] if bit < len(REASONS) else f"reason {bit}" for bit in range(16) if low >> bit & 1)

    @property
    def well(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Record:
    """One decision. Times are differences of the board's counter (board.yml `counter`), from entry of the buffer-full interrupt;
    `features` and `inference` are durations. `timestamp` counts ticks of the sampling clock."""

    sequence: int
    timestamp: int
    crc: int
    label: int
    confidence: int
    state: int
    overruns: int
    handover: int
    features: int
    inference: int
    decision: int
    column: bytes
    logits: bytes
    health: Health | None = None  # None: a firmware that says nothing of it


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """There is no half, so there is no decision. `ticks` of 100 ms."""

    halves: int
    ticks: int
    health: Health


@dataclass(frozen=True, slots=True)
class Telemetry:
    """All that one serial stream said. `garbage` counts undecodable lines, `garbage_shown` holds the first few, escaped."""

    banner: Banner | None
    records: tuple[Record, ...]
    stacks: Mapping[str, int] = field(default_factory=dict)
    garbage: int = 0
    garbage_shown: tuple[str, ...] = ()
    failure: str | None = None
    heartbeats: tuple[Heartbeat, ...] = ()
    crashes: tuple[str, ...] = ()  # why, after each restart


class Decoder:
    """Takes the serial stream in pieces of any size. The only mutable thing here, so that a run can be watched."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.heartbeats: list[Heartbeat] = []
        self.crashes: list[str] = []
        self.banner: Banner | None = None
        self.failure: str | None = None
        self._stacks: dict[str, int] = {}
        self._garbage = 0
        self._shown: list[str] = []
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> None:
        """Decodes the whole lines in `data` and keeps the begun one for later."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._skipping:
                self._skipping = False
            else:
                self._line(line)
        if len(self._rest) > LINE_LIMIT:
            if not self._skipping:
                self._reject(self._rest)
            self._skipping, self._rest = True, b""

    @property
    def garbage(self) -> int:
        """Undecodable lines so far."""
        return self._garbage

    def finish(self, *, cut: bool) -> Telemetry:
        """What was said. `cut`: the stream was stopped by us, so that an unfinished last line is no garbage; a FAIL in it counts."""
        if self._rest and (not cut or b"FAIL " in self._rest):
            self._line(self._rest)
        self._rest = b""
        return Telemetry(
            self.banner,
            tuple(self.records),
            dict(self._stacks),
            self._garbage,
            tuple(self._shown),
            self.failure,
            tuple(self.heartbeats),
            tuple(self.crashes),
        )

    def _reject(self, line: bytes) -> None:
        self._garbage += 1
        if len(self._shown) < _GARBAGE_KEPT:
            self._shown.append(ascii(line[:80])[2:-1])

    def _line(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        body = checked(line)
        fail = (body or line).find(b"FAIL ")
        if fail == 0 or (fail > 0 and body is None):
            if self.failure is None:
                self.failure = (body or line)[fail + 5 : fail + 205].decode("ascii", "backslashreplace").strip()
            return
        try:
            if body is None:
                raise ValueError("checksum")
            kind, *fields = body.decode("ascii").split(",")
            if kind == "F":
                self.records.append(_record(fields))
            elif kind == "H":
                halves, ticks, word, rounds = fields
                self.heartbeats.append(Heartbeat(number(halves), number(ticks), _health(word, rounds)))
            elif kind == "C":
                restart, why = fields
                number(restart)
                self.crashes.append(why)
            elif kind == "B":
                self.banner = _banner(fields)
            elif kind == "S":
                for name, used in _pairs(fields).items():
                    self._stacks[name] = max(self._stacks.get(name, 0), number(used))
            else:
                raise ValueError("kind")
        except ValueError:
            self._reject(line)


def decode(data: bytes) -> Telemetry:
    """Decodes a whole stream."""
    decoder = Decoder()
    decoder.feed(data)
    return decoder.finish(cut=False)


def line(body: str) -> bytes:
    """The line that a firmware would send for `body`: for tests and for other senders."""
    raw = body.encode("ascii")
    return b"%s*%08x\n" % (raw, zlib.crc32(raw))


def checked(line: bytes) -> bytes | None:
    """What stands before the `*` of a line whose checksum is right; None for every other line."""
    body, star, crc = line[:-9], line[-9:-8], line[-8:]
    if len(line) > LINE_LIMIT or star != b"*" or not _HEX.issuperset(crc) or int(crc, 16) != zlib.crc32(body):
        return None
    return body


def number(text: str, limit: int = 1 << 32) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 20) or int(text) >= limit:
        raise ValueError(text)
    return int(text)


def unhex(text: str) -> bytes:
    if not _HEX.issuperset(text.encode("ascii")):
        raise ValueError(text)
    return bytes.fromhex(text)


def _pairs(fields: list[str]) -> dict[str, str]:
    pairs = dict(item.split("=", 1) if "=" in item else [item, ""] for item in fields)
    if len(pairs) != len(fields):
        raise ValueError("repeated key")
    return pairs


def _banner(fields: list[str]) -> Banner:
    said = _pairs(fields)

    def text(key: str) -> str:
        value = said.get(key, "")
        if not value:
            raise ValueError(key)
        return value

    def positive(key: str) -> int:
        value = number(text(key))
        if value == 0:
            raise ValueError(key)
        return value

    return Banner(
        version=text("version"),
        board=text("board"),
        model=text("model"),
        sha256=text("sha256"),
        counter_hz=positive("counter_hz"),
        sample_clock_hz=positive("sample_clock_hz"),
        half_ticks=positive("half_ticks"),
        window=positive("window"),
        columns=positive("columns"),
        restarts=number(said.get("restarts", "0")),
    )


def _record(fields: list[str]) -> Record:
    if len(fields) < 13 or len(fields) == 14:
        raise ValueError("fields")
    sequence, timestamp, crc, label, confidence, state, *numbers, column, logits = fields[:13]
    if len(crc) != 8:
        raise ValueError("crc")
    overruns, handover, features, inference, decision = (number(n) for n in numbers)
    return Record(
        sequence=number(sequence),
        timestamp=number(timestamp, 1 << 64),
        crc=int.from_bytes(unhex(crc), "big"),
        label=number(label, 256),
        confidence=number(confidence, 256),
        state=number(state, 256),
        overruns=overruns,
        handover=handover,
        features=features,
        inference=inference,
        decision=decision,
        column=unhex(column),
        logits=unhex(logits),
        health=_health(*fields[13:15]) if len(fields) > 13 else None,
    )


def _health(word: str, rounds: str) -> Health:
    if len(word) != 8:
        raise ValueError("health")
    return Health(int.from_bytes(unhex(word), "big"), number(rounds, 1 << 16))
