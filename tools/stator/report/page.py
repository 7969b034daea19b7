"""The report's page: chapters become one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import jinja2

from stator import __version__
from stator.measure import Check, run_verdict
from stator.measure.contents import rest
from stator.measure.kept import Kept
from stator.report import figures
from stator.report.collect import Chapter

_HALF = 4.9  # inches of a figure that takes half of the page
_TEMPLATE = Path(__file__).with_name("page.html")


@dataclass(frozen=True, slots=True)
class RunView:
    """What the page shows of one run."""

    run: Kept
    decisions: str
    fails: tuple[str, ...]

    @property
    def results(self) -> Mapping[str, Any]:
        return self.run.results


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of one chapter: the figures are SVG text, empty where there is nothing to show."""

    chapter: Chapter
    checks: tuple[Check, ...]
    runs: tuple[RunView, ...]
    exact: str
    passes: bool
    right: int  # recordings whose class is the truth, of `judged` whose truth is known
    judged: int
    work: str
    timeline: str
    jitter: str
    stages: str
    layers: str
    lifetimes: str
    memory: str
    flash: str
    stacks: str
    kinds: tuple[tuple[str, str, int], ...]
    numbers: Mapping[str, Any]


def page(chapters: Sequence[Chapter]) -> str:
    """The page as text."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters["n"] = lambda value: f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    views = [_view(chapter) for chapter in chapters]
    labels = views[0].chapter.spec.labels
    return template.render(views=views, version=__version__, labels=labels, colours=[figures.variable(c) for c in figures.CLASSES])


def _view(chapter: Chapter) -> View:
    runs, board = chapter.runs, chapter.board
    unit = float(board.instructions_per_count or Fraction(1))
    shown = max(runs, key=lambda run: int(str(run.results["frames"])), default=None)
    worst = max(runs, key=lambda run: int(str(run.results["instructions"])), default=None)
    checks = list(chapter.verdict.checks)
    if worst is not None:
        checks += run_verdict(
            chapter.spec,
            board,
            instructions=int(str(worst.results["instructions"])),
            latency_us=float(str(worst.results["latency_us"])),
            jitter_us=max(float(str(run.results["jitter_us"])) for run in runs),
            overruns=max(int(str(run.results["overruns"])) for run in runs),
        ).checks
    sampling = chapter.plan.get("sampling")
    seconds = sampling["half_ticks"] / sampling["clock_hz"] if sampling else 0.0
    bench = chapter.bench if chapter.bench and any("instructions" in layer for layer in chapter.bench.get("layers", ())) else None
    parts = dict(chapter.flash_parts)
    other = rest(parts, chapter.sizes.flash_bytes)
    return View(
        chapter=chapter,
        checks=tuple(checks),
        runs=tuple(RunView(run, figures.decisions(run, seconds), tuple(str(r) for r in _list(run.results.get("reasons")))) for run in runs),
        exact=_exactness(runs),
        passes=all(check.holds for check in checks) and all(run.results.get("verdict") == "pass" for run in runs),
        right=sum(run.results["class"] == run.results["truth"] for run in runs if run.results["truth"]),
        judged=sum(bool(run.results["truth"]) for run in runs),
        work=figures.work(shown, chapter, unit) if shown else "",
        timeline=figures.timeline(shown, chapter, unit) if shown and sampling else "",
        jitter=figures.jitter(shown, unit) if shown else "",
        stages=figures.bars(_stages(shown), "", "Instructions per stage, mean", width=_HALF) if shown else "",
        layers=figures.bars(_layers(bench), "", "Instructions per layer", width=_HALF) if bench else "",
        lifetimes=figures.lifetimes(chapter.plan),
        memory=figures.memory_map(chapter),
        flash=figures.bars([*parts.items(), *([("fill", other)] if other > 0 else [])], "B", "Flash by part"),
        stacks=figures.stack_bars(chapter, _used(runs)),
        kinds=_kinds(chapter),
        numbers=_numbers(chapter, shown),
    )


def _exactness(runs: Sequence[Kept]) -> str:
    """The statement, in one sentence."""
    if not runs:
        return ""
    frames = sum(int(str(run.results["frames"])) for run in runs)
    compared = sum(int(str(run.results["compared_bytes"])) for run in runs)
    wrong = [str(run.results["signal"]) for run in runs if run.results.get("exact") is not True]
    if wrong:
        return f"NOT exact: {', '.join(wrong)} differ from the host; the reasons stand below each run."
    lost = sum(int(str(run.results["frames_lost"])) + int(str(run.results["frames_duplicated"])) for run in runs)
    recordings = "one recording" if len(runs) == 1 else f"{len(runs)} recordings"
    return (
        f"In {frames:,} frames of {recordings} all {compared:,} compared bytes (features, logits, class, confidence, state) equal those of "
        f"{runs[0].results['oracle']}; {lost or 'no'} frames were lost or doubled, by the CRC of every half."
    )


def _numbers(chapter: Chapter, shown: Kept | None) -> dict[str, Any]:
    results = shown.results if shown else {}
    return {name: results.get(name) for name in ("compiler", "simulator", "icount_shift", "note", "handover_instructions")}


def _stages(run: Kept | None) -> list[tuple[str, float]]:
    stages = _list(run.results.get("stages")) if run else []
    return [(str(stage["name"]), float(stage["mean"])) for stage in stages if stage["name"] != "whole"]


def _layers(bench: Mapping[str, Any] | None) -> list[tuple[str, float]]:
    layers = _list(bench.get("layers")) if bench else []
    return [(f"{index}  {figures.short(str(layer['op']))}", float(layer["instructions"])) for index, layer in enumerate(layers)]


def _used(runs: Sequence[Kept]) -> dict[str, int | None]:
    used: dict[str, int | None] = {}
    for run in runs:
        for task in _list(run.results.get("tasks")):
            mark = task.get("stack_used_bytes")
            if isinstance(mark, int):
                used[task["name"]] = max(used.get(task["name"]) or 0, mark)
    return used


def _kinds(chapter: Chapter) -> tuple[tuple[str, str, int], ...]:
    """(name, colour, bytes) of what the plan holds in RAM, and .data and .bss."""
    found = []
    for kind, (name, colour) in figures.KINDS.items():
        bytes_ = sum(item["bytes"] for item in chapter.plan["items"] if item["kind"] == kind)
        if bytes_:
            found.append((name, figures.variable(colour), bytes_))
    found.append(
        (".data and .bss", "var(--quiet)", sum(s.bytes for s in chapter.sizes.sections if s.in_ram and s.name in (".data", ".bss")))
    )
    return tuple(found)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
