"""The messages of firmware/telemetry/telemetry.cddl as dataclasses, field for field in the schema's order. Every byte is untrusted."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import cbor2
from pydantic import Field, TypeAdapter

from stator.telemetry.frames import frame

U8 = Annotated[int, Field(strict=True, ge=0, lt=1 << 8)]
U16 = Annotated[int, Field(strict=True, ge=0, lt=1 << 16)]
U32 = Annotated[int, Field(strict=True, ge=0, lt=1 << 32)]
U64 = Annotated[int, Field(strict=True, ge=0, lt=1 << 64)]
Hundredths = Annotated[int, Field(strict=True, ge=-5500, le=15000)]
Positive = Annotated[int, Field(strict=True, ge=1, lt=1 << 32)]
Text = Annotated[str, Field(strict=True)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Bytes = Annotated[bytes, Field(strict=True)]


@dataclass(frozen=True, slots=True)
class Banner:
    """What the image says it is."""

    version: Name
    board: Name
    model: Name
    sha256: Name
    counter_hz: Positive
    sample_clock_hz: Positive
    half_ticks: Positive
    window: Positive
    columns: U32  # none where the model takes samples
    restarts: U32 = 0  # since power came, as far as the firmware remembers
    watchdog: Text = "none"


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
    "temperature",
)
"""The bits of `health`, the lowest first."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the firmware says of itself. `word` as it is sent; `rounds` whole self-tests since its start, modulo 2^16."""

    word: U32
    rounds: U16

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

    sequence: U32
    timestamp: U64
    crc: U32
    label: U8
    confidence: U8
    state: U8
    overruns: U32
    handover: U32
    features: U32
    inference: U32
    decision: U32
    column: Bytes
    logits: Bytes
    health: Health
    temperature: Hundredths | None = None  # degrees Celsius; None: the board has no sensor, or it does not answer


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """There is no half, so there is no decision. `ticks` of 100 ms."""

    halves: U32
    ticks: U32
    health: Health


@dataclass(frozen=True, slots=True)
class Crash:
    """Why the firmware ended before its last restart, in its own words."""

    restart: U32
    why: Text


@dataclass(frozen=True, slots=True)
class Stacks:
    """Bytes of each stack that have been in use so far."""

    used: Mapping[Name, U32]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Frames that found no room while the host did not read, since the firmware's start."""

    frames: U32


Message = Banner | Record | Heartbeat | Crash | Stacks | Dropped
_KINDS: tuple[type[Message], ...] = (Banner, Record, Heartbeat, Crash, Stacks, Dropped)  # by the first element
_ADAPTERS: tuple[TypeAdapter[Message], ...] = tuple(TypeAdapter(kind) for kind in _KINDS)


def framed(message: Message) -> bytes:
    """What a firmware would send: for tests, and for other senders."""
    return frame(cbor2.dumps([_KINDS.index(type(message)), *_plain(message)], canonical=True))


def _plain(value: object) -> list[object]:
    fields = [getattr(value, f.name) for f in dataclasses.fields(value)]  # type: ignore[arg-type]
    return [_plain(f) if isinstance(f, Health) else f for f in fields]


def decoded(payload: bytes) -> Message:
    """The message in a payload. Raises ValueError for anything but what the schema describes."""
    stream = io.BytesIO(payload)
    try:
        said = cbor2.load(stream)
    except (cbor2.CBORDecodeError, TypeError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(f"not CBOR: {error}") from None
    if stream.read(1) or not isinstance(said, list) or not said or type(said[0]) is not int or not 0 <= said[0] < len(_KINDS):
        raise ValueError("kind")
    return _ADAPTERS[said[0]].validate_python(_named(_KINDS[said[0]], said[1:]))


def _named(of: type, values: object) -> dict[str, object]:
    names = [field.name for field in dataclasses.fields(of)]
    optional = of is Record  # its last one
    if not isinstance(values, list) or len(values) < len(names) - optional:
        raise ValueError(of.__name__)
    return {name: _named(Health, value) if name == "health" else value for name, value in zip(names, values, strict=False)}
