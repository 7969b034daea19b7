"""The timeline: events become spans, and a file that Perfetto takes."""

from __future__ import annotations

import json

import pytest

from stator.errors import ToolError
from stator.sim.trace import Event, Span, chrome, spans

TASKS, INTERRUPTS = ["feature", "idle"], ["dma", "uart"]
EVENTS = [
    Event(at, what[0], int(what[1:]))
    for at, what in [(0, "t1"), (10, "e1"), (12, "e0"), (15, "x0"), (18, "x1"), (20, "t0"), (50, "t1"), (112, "e0"), (116, "x0")]
]


def test_events_become_spans() -> None:
    assert spans(EVENTS, TASKS, INTERRUPTS, "dma") == [
        Span("dma", "dma", 12, 3),
        Span("uart", "uart", 10, 8),
        Span("tasks", "idle", 0, 20),
        Span("tasks", "feature", 20, 30),
        Span("DMA", "half 1", 12, 100),
        Span("dma", "dma", 112, 4),
    ]


@pytest.mark.parametrize("event", [Event(1, "t", 2), Event(1, "e", 2), Event(1, "x", 7)])
def test_what_the_board_does_not_have_is_refused(event: Event) -> None:
    with pytest.raises(ToolError):
        spans([event], TASKS, INTERRUPTS, "dma")


def test_the_file_has_a_track_for_each_and_times_in_microseconds() -> None:
    made = json.loads(chrome(spans(EVENTS, TASKS, INTERRUPTS, "dma"), 2_000_000, "an image"))["traceEvents"]
    tracks = {e["args"]["name"]: e["tid"] for e in made if e["name"] == "thread_name"}
    assert list(tracks) == ["DMA", "dma", "uart", "tasks"]
    feature = next(e for e in made if e["name"] == "feature")
    assert (feature["ph"], feature["tid"], feature["ts"], feature["dur"]) == ("X", tracks["tasks"], 10, 15)
