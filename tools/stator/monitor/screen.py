"""The terminal's picture of a watched board."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from stator.monitor.watch import UNKNOWN, Watch
from stator.telemetry import Record

BARS = " ▁▂▃▄▅▆▇█"
COLOURS = ("green", "red", "magenta", "blue", "yellow", "cyan")
ALARM = "bold red"


def screen(watch: Watch, labels: Sequence[str], source: str) -> RenderableType:
    """State and confidence, the last states, the newest column of features, and the health of the line."""
    return Panel(Group(_state(watch, labels), Text(), _history(watch), Text(), _spectrum(watch), Text(), _health(watch)), title=source)


def label(index: int, labels: Sequence[str]) -> str:
    """The class's name; its number where the model is not at hand."""
    if index == UNKNOWN:
        return "unknown"
    return labels[index] if index < len(labels) else f"class {index}"


def summary(watch: Watch, labels: Sequence[str]) -> str:
    """What is known now, in a few words. A board that is not well is never summed up as its state."""
    if watch.failure is not None:
        return f"gave up: {watch.failure}"
    if watch.health is not None and not watch.health.well:
        return f"not well: {', '.join(watch.health.reasons)}"
    return label(watch.last[-1].state, labels) if watch.last else "no decision yet"


def _colour(index: int) -> str:
    return "white" if index == UNKNOWN else COLOURS[index % len(COLOURS)]


def _state(watch: Watch, labels: Sequence[str]) -> Text:
    if watch.failure is not None:
        return Text(f"the firmware gave up: {watch.failure}", style=ALARM)
    if not watch.last:
        return Text("no decision yet", style="dim")
    record = watch.last[-1]
    if watch.health is not None and not watch.health.well:
        text = Text(summary(watch, labels).upper(), style=ALARM)
        text.append(f"   it says {label(record.state, labels)}", style="not bold default")
    else:
        text = Text(label(record.state, labels), style=f"bold {_colour(record.state)}")
    text.append(f"   this frame {label(record.label, labels)}, confidence {record.confidence / 2.55:.0f} %", style="not bold default")
    if watch.silent:
        text.append(f"   SILENT for {watch.silent_s:.0f} s: the state above is not known to hold", style=ALARM)
    return text


def _history(watch: Watch) -> Text:
    text = Text("states   ")
    for record in list(watch.last)[-64:]:
        text.append("▪", style=_colour(record.state))
    return text


def _spectrum(watch: Watch) -> Text:
    text = Text("features ")
    if watch.last:
        for byte in watch.last[-1].column:
            level = (byte ^ 0x80) * (len(BARS) - 1) // 255  # int8 from -128 to 127
            text.append(BARS[level])
    return text


def _degrees(record: Record | None) -> str:
    return "" if record is None or record.temperature is None else f"{record.temperature / 100:.1f} °C"


def _health(watch: Watch) -> Table:
    record = watch.last[-1] if watch.last else None
    table = Table.grid(padding=(0, 2))
    overruns = record.overruns if record else 0
    facts: list[tuple[str, str, bool]] = [
        ("frames", f"{watch.frames:,}", False),
        ("lost", f"{watch.lost:,}", watch.lost > 0),
        ("repeated", f"{watch.repeated:,}", watch.repeated > 0),
        ("overruns", f"{overruns:,}", overruns > 0),
        ("restarts", f"{watch.restarts:,}", watch.restarts > 0),
        ("garbage", f"{watch.garbage:,}", watch.garbage > 0),
        *([("dropped", f"{watch.dropped:,}", True)] if watch.dropped else []),
    ]
    table.add_row(*(Text(f"{name} {value}", style="red" if bad else "") for name, value, bad in facts))
    if watch.health is not None:
        table.add_row(
            Text(f"self-tests {watch.health.rounds:,}"),
            Text(_degrees(record)),
            Text(f"frames not well {watch.unwell:,}", style="red" if watch.unwell else ""),
        )
    if watch.crash is not None:
        table.add_row(Text(f"last restart: {watch.crash}", style="red"))
    if watch.banner:
        said = watch.banner
        table.add_row(Text(f"{said.model} {said.version} on {said.board}", style="dim"), Text(f"model {said.sha256}", style="dim"))
    return table
