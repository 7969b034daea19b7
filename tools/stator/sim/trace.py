"""What ran when: the trace image (firmware/port/freertos/trace) on its simulated board, and its events as a timeline for Perfetto."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.sim import qemu, simulator
from stator.sim.lines import Lines, number

KINDS = "tex"  # a task goes on; entry and exit of an interrupt


@dataclass(frozen=True, slots=True)
class Event:
    """`at` counts the board's counter from the first event; `number` as firmware/app/tasks.yml or board.yml counts."""

    at: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Span:
    """Something that ran from `start` for `length` units of the counter. An interrupt's includes those that preempted it."""

    track: str
    name: str
    start: int
    length: int


class _Heard(Lines):
    def __init__(self) -> None:
        super().__init__("the trace image")
        self.events: list[Event] = []

    def feed(self, data: bytes) -> bool:
        """Frames of telemetry come first; none of them makes a line."""
        return super().feed(data.replace(b"\0", b"\n"))

    def unchecked(self) -> None:
        """Telemetry, or a frame that the trace cut off."""

    def take(self, kind: str, words: Sequence[str]) -> None:
        if kind == "T":
            at, what = words
            if what[:1] not in KINDS:
                raise ValueError(what)
            self.events.append(Event(number(at), what[0], number(what[1:], 256)))
        elif kind == "E":
            self.ended = number(words[0]) == len(self.events)


def trace(board: Board, elf: Path, halves: qemu.Halves) -> tuple[Event, ...]:
    """Runs a trace image until it has told all events. Raises ToolError."""
    heard = _Heard()
    simulator.simulate(board, elf, heard.feed, loaded=simulator.signal_image(board, halves))
    if not heard.ended:
        raise ToolError(f"the trace image on '{board.name}' ended before it had said everything")
    first = heard.events[0].at
    return tuple(Event((e.at - first) & 0xFFFF_FFFF, e.kind, e.number) for e in heard.events)


def spans(events: Sequence[Event], tasks: Sequence[str], interrupts: Sequence[str], hands_over: str) -> list[Span]:
    """Tasks and interrupts, and which half the DMA fills: between two interrupts that hand one over. Raises ToolError for other numbers."""
    found: list[Span] = []
    task: tuple[str, int] | None = None
    entered: dict[str, int] = {}
    half, since = 0, None
    try:
        for event in events:
            if event.kind == "t":
                if task is not None:
                    found.append(Span("tasks", task[0], task[1], event.at - task[1]))
                task = (tasks[event.number], event.at)
                continue
            name = interrupts[event.number]
            if event.kind == "e":
                entered[name] = event.at
                if name == hands_over:
                    if since is not None:
                        found.append(Span("DMA", f"half {half}", since, event.at - since))
                    half, since = half ^ 1, event.at
            elif name in entered:
                start = entered.pop(name)
                found.append(Span(name, name, start, event.at - start))
    except IndexError:
        raise ToolError("the trace names a task or an interrupt that the board does not have") from None
    return found


def chrome(found: Sequence[Span], counter_hz: int, title: str) -> str:
    """The trace event format that Perfetto and chrome://tracing open: complete events, times in µs."""
    tracks = list(dict.fromkeys(["DMA", *(s.track for s in found if s.track not in ("DMA", "tasks")), "tasks"]))
    names = [{"name": "process_name", "ph": "M", "pid": 1, "args": {"name": title}}]
    names += [{"name": "thread_name", "ph": "M", "pid": 1, "tid": i + 1, "args": {"name": t}} for i, t in enumerate(tracks)]
    slices = [
        {
            "name": s.name,
            "ph": "X",
            "pid": 1,
            "tid": tracks.index(s.track) + 1,
            "ts": s.start * 1e6 / counter_hz,
            "dur": s.length * 1e6 / counter_hz,
        }
        for s in found
    ]
    return json.dumps({"displayTimeUnit": "ns", "traceEvents": [*names, *slices]}) + "\n"
