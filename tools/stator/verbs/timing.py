"""timing: what can hold up every interrupt and task of an image, for how long at worst, and whether all is on time."""

from __future__ import annotations

from rich.table import Table

from stator.board import Board, load_board
from stator.build import Image
from stator.build import build as build_image
from stator.cmake import write_whole
from stator.data import load_halves
from stator.measure import read_elf
from stator.memory import load_tasks
from stator.progress import status
from stator.sim import simulator
from stator.sim.trace import chrome, spans, trace
from stator.spec import load_model_spec
from stator.timing.measured import FRAMES, measure
from stator.timing.rules import hopeless, wrong_priorities, wrong_tasks
from stator.timing.setting import changed
from stator.timing.system import MARGIN, Analysis, Measured, Rate, analyse, costs, fields, timing_of
from stator.verb import Results, console, verb


@verb(
    help={
        "board": "a folder of boards/ or a path to one",
        "model": "a folder of models/ or a path to one",
        "set": "KEY=VALUE[,KEY=VALUE]: asks what if, such as interrupts.uart0=1, clock_hz=10000000 or tasks.telemetry.priority=3",
    },
    examples=("timing --board nrf5340", "timing --board mps2_an505 --set interrupts.dma=6"),
)
def timing(board: str, model: str = "bearing", set: str = "") -> Results:
    """Response times of every interrupt and task of MODEL's firmware on BOARD, by the fixed-priority recurrence, against their deadlines.

    Interrupts and kernel are bounded by the longest path through the linked image, tasks by the worst of a run on a simulated board and a
    margin. Priorities are judged too. With --set the same image is judged as if board.yml or tasks.yml said something else.
    """
    as_is, spec = load_board(board), load_model_spec(model)
    timing_of(as_is)
    the_board, tasks = changed(as_is, load_tasks(), set)
    image = build_image(as_is, spec)
    with status("following every path"):
        found = costs(as_is, image.plan, read_elf(image.elf))
    measured = measure(image)
    analysis = analyse(the_board, image.plan, tasks, found, measured, Rate.of(the_board))
    reasons = [*wrong_priorities(the_board), *wrong_tasks(tasks), *hopeless(image.plan), *analysis.reasons()]
    seen, file = _traced(image) if simulator.has_one(as_is) and as_is.isa != "host" else ({}, None)
    out = {**results(image, the_board, analysis, measured, reasons, seen), "trace": file}
    _show(image, the_board, analysis, reasons, set, file)
    return out


def _traced(image: Image) -> tuple[dict[str, float], str]:
    """Runs the image that notes what runs when: the longest of each interrupt in µs at the board's clock, and the timeline's file."""
    board, spec = image.board, image.spec
    assert spec.input is not None and image.plan.tasks is not None
    noting = build_image(board, spec, variant="trace")
    halves = load_halves("synthetic", spec.input)[:FRAMES]
    facts = timing_of(board)
    found = spans(trace(board, noting.elf, halves), list(image.plan.tasks.tasks), list(facts.handlers), facts.sensor[-1])
    file = image.build_dir / "trace.json"
    write_whole(file, chrome(found, board.counter.hz, f"{spec.name} on {board.name}"))
    per_us = Rate.of(board).per_second / 1e6 / float(board.instructions_per_count or 1)
    return {
        n: round(max(s.length for s in found if s.name == n) / per_us, 3) for n in facts.handlers if any(s.name == n for s in found)
    }, str(file)


def results(
    image: Image, board: Board, analysis: Analysis, measured: Measured, reasons: list[str], seen: dict[str, float]
) -> dict[str, object]:
    """The contract's fields; `seen`: the longest that each interrupt took in a trace, in µs."""
    rate = Rate.of(board)
    own = image.board.timing is not None and not image.board.timing.like
    observed = dict(seen)
    if own:
        observed |= {
            "feature": round((measured.least_handover + measured.features) / rate.per_second * 1e6, 3),
            "inference": round(measured.whole / rate.per_second * 1e6, 3),
        }
    least_ns = measured.least_handover / rate.per_second * 1e9
    return {
        "board": image.board.name,
        "model": image.spec.name,
        "rtos": "freertos",
        "clock_hz": board.clock_hz,
        "cycles_per_instruction": timing_of(board).cycles_per_instruction,
        "margin": MARGIN,
        "tasks": fields(analysis, observed),
        "handover_bound_us": None if analysis.handover_ns is None else round(analysis.handover_ns / 1000, 3),
        "jitter_bound_us": None if analysis.handover_ns is None else round((analysis.handover_ns - least_ns) / 1000, 3),
        "latency_bound_us": None if analysis.decision_ns is None else round(analysis.decision_ns / 1000, 3),
        "utilisation": round(analysis.utilisation, 4),
        "note": board.note,
        "verdict": "fail" if reasons else "pass",
        "reasons": reasons,
    }


def _show(image: Image, board: Board, analysis: Analysis, reasons: list[str], asked: str, file: str | None) -> None:
    facts = timing_of(board)
    what_if = f", with {asked}" if asked else ""
    table = Table(title=f"{image.spec.name} on {board.name} at {board.clock_hz / 1e6:g} MHz{what_if}: µs", title_justify="left")
    table.add_column("")
    for name in ("period", "priority", "worst case", "blocking", "response", "deadline", "slack"):
        table.add_column(name, justify="right")
    table.add_column("worst case from")
    kind = ""
    for row in analysis.rows:
        if kind and row.kind != kind:
            table.add_section()
        kind, a = row.kind, row.activity
        table.add_row(
            a.name,
            _us(a.period_ns) if a.period_ns > 1 else "at once",
            "" if row.priority is None else str(row.priority),
            _us(a.cost_ns),
            _us(a.blocking_ns),
            _us(row.response_ns),
            _us(a.deadline_ns),
            _us(row.slack_ns) + ("" if row.holds else " LATE"),
            f"{row.instructions:,} instructions: {row.basis}",
        )
    console.print(table)
    console.print(
        f"blocking: {analysis.blocking_instructions:,} instructions, {analysis.blocking_by}, with interrupts masked", highlight=False
    )
    console.print(
        f"half full to feature task {_us(analysis.handover_ns)} µs at worst, to the decision {_us(analysis.decision_ns)} µs; "
        f"the core is busy for {100 * analysis.utilisation:.1f} % at most",
        highlight=False,
    )
    console.print(f"{facts.cycles_per_instruction:g} cycles per instruction: {facts.source}", highlight=False, markup=False)
    if file is not None:
        console.print(f"timeline, for ui.perfetto.dev or chrome://tracing: {file}", highlight=False, markup=False)
    for line in ("verdict: fail", *(f"  {reason}" for reason in reasons)) if reasons else ("verdict: pass",):
        console.print(line, highlight=False, markup=False)


def _us(ns: int | None) -> str:
    return "never" if ns is None else f"{ns / 1000:,.1f}"
