"""`memory_plan.svg`: lifetimes over addresses in the arena, and what lies where in each region."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stator.memory import Item, MemoryPlan

INK, FAINT, PAPER = "#1f2933", "#9aa5b1", "#ffffff"
COLOURS = {
    "stack": "#d9822b",
    "object": "#b8a04a",
    "queue": "#c7b96b",
    "kept": "#8d6e97",
    "features": "#5b8e7d",
    "half": "#b5546b",
    "arena": "#3f72af",
}
TENSOR, INPUT, OUTPUT, SCRATCH = "#3f72af", "#7a9e7e", "#d9822b", "#9aa5b1"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "svg.hashsalt": "stator",
    "svg.fonttype": "path",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def memory_svg(plan: MemoryPlan) -> str:
    """The picture as SVG text; the same plan gives the same text."""
    with mpl.rc_context(STYLE):
        rams = [name for name, r in plan.board.memory.items() if r.kind == "ram" and any(i.region == name for i in plan.items)]
        figure = Figure(figsize=(12, 5.6 + 1.5 * len(rams)), facecolor=PAPER, layout="constrained")
        axes = figure.subplots(1 + len(rams), 1, height_ratios=[5.0, *[1.5] * len(rams)], squeeze=False)[:, 0]
        _arena(axes[0], plan)
        for axis, name in zip(axes[1:], rams, strict=True):
            _region(axis, plan, name)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "stator", "Title": f"{plan.spec.name} on {plan.board.name}"})
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _arena(axis: Axes, plan: MemoryPlan) -> None:
    """One rectangle per buffer: steps to the right, addresses upwards."""
    schedule = plan.schedule
    graph, count = schedule.graph, max(len(schedule.steps), 1)
    for buffer, at in zip(schedule.buffers, plan.offsets, strict=True):
        colour = TENSOR if buffer.tensors else SCRATCH
        if any(t in graph.inputs for t in buffer.tensors):
            colour = INPUT
        if any(t in graph.outputs for t in buffer.tensors):
            colour = OUTPUT
        width = buffer.last - buffer.first + 1
        axis.broken_barh(
            [(buffer.first, width)], (at, buffer.bytes), facecolor=colour, edgecolor=PAPER, linewidth=0.8, alpha=0.88, zorder=2
        )
        if buffer.bytes < 0.012 * plan.arena_bytes:  # too thin to be seen as a rectangle
            axis.plot([buffer.first, buffer.first + width], [at, at], color=colour, linewidth=2.5, solid_capstyle="butt", zorder=3)
        if buffer.bytes >= 0.03 * plan.arena_bytes:
            two = width / count > 0.04 and buffer.bytes >= 0.06 * plan.arena_bytes
            text = f"{_short(buffer.name, width / count)}\n{buffer.bytes:,} B" if two else f"{buffer.bytes:,}"
            axis.text(
                buffer.first + width / 2,
                at + buffer.bytes / 2,
                text,
                ha="center",
                va="center",
                color=PAPER,
                fontsize=7.5,
                rotation=0 if width / count > 0.035 else 90,
                zorder=5,
                clip_on=True,
            )
    live = [_covered(plan, step) for step in range(count)]
    axis.stairs(live, range(count + 1), color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=4, label="bytes alive")
    axis.axhline(plan.arena_bytes, color=INK, linewidth=0.9, zorder=1)
    for bank in plan.banks if len(plan.banks) > 1 else ():
        axis.axhline(bank.offset, color=INK, linewidth=1.6, zorder=6)
        text = f"{bank.symbol.removeprefix('stator_')} in {bank.region}, {bank.bytes:,} B"
        axis.text(
            0.995, (bank.offset + bank.bytes) / (plan.arena_bytes * 1.04), text, transform=axis.transAxes, ha="right", va="top", zorder=7
        )
    axis.set_xlim(0, count)
    axis.set_ylim(0, max(plan.arena_bytes, 1) * 1.04)
    axis.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{int(v):,}"))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if count <= 24:
        names = [step.node.op.name.replace("_", "\n", 1) for step in schedule.steps]
        axis.set_xticks([s + 0.5 for s in range(len(names))], [f"{i}\n{name.lower()}" for i, name in enumerate(names)], fontsize=6.5)
    axis.set_ylabel("offset in the arena, bytes")
    axis.set_title(
        f"{plan.spec.name}: arena {plan.arena_bytes:,} B, lower bound of this schedule {plan.arena_bound_bytes:,} B",
        loc="left",
        fontweight="bold",
        fontsize=11,
    )
    for colour, label in ((INPUT, "input"), (TENSOR, "tensor"), (SCRATCH, "scratch"), (OUTPUT, "output")):
        axis.broken_barh([(0, 0)], (0, 0), facecolor=colour, label=label)
    axis.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=5, frameon=False, fontsize=7.5, handlelength=1.4)
    _plain(axis)


def _covered(plan: MemoryPlan, step: int) -> int:
    """Bytes of the arena that some buffer takes at a step; where an output lies over its input, they count once."""
    total = end = 0
    placed = zip(plan.schedule.buffers, plan.offsets, strict=True)
    for at, size in sorted((at, b.bytes) for b, at in placed if b.first <= step <= b.last):
        total += max(0, at + size - max(at, end))
        end = max(end, at + size)
    return total


def _region(axis: Axes, plan: MemoryPlan, name: str) -> None:
    """The region as a strip from its first to its last address; where it is mostly empty, the planned part only."""
    region = plan.board.memory[name]
    items = [i for i in plan.items if i.region == name]
    planned = max(i.end for i in items) - region.at
    shown = region.bytes if planned > 0.25 * region.bytes else planned
    axis.broken_barh([(0, shown)], (0, 1), facecolor="#eef1f4", edgecolor=FAINT, linewidth=0.6, zorder=1)
    kinds: dict[str, list[Item]] = {}
    for item in items:
        kinds.setdefault(item.need.kind, []).append(item)
    for kind, group in kinds.items():
        size = sum(i.need.bytes for i in group)
        spans = [(i.address - region.at, i.need.bytes) for i in group]
        axis.broken_barh(spans, (0, 1), facecolor=COLOURS[kind], edgecolor=PAPER, linewidth=0.6, zorder=2, label=f"{kind} {size:,} B")
    for item in items:
        share = item.need.bytes / shown
        if share > 0.015:
            middle, upright = item.address - region.at + item.need.bytes / 2, share < 0.08
            text = f"{item.need.symbol.removeprefix('stator_')}{' ' if upright else chr(10)}{item.need.bytes:,}"
            turn = 90 if upright else 0
            axis.text(middle, 0.5, text, ha="center", va="center", color=PAPER, fontsize=6.5, rotation=turn, zorder=3, clip_on=True)
    free = plan.free_bytes(name)
    if shown == region.bytes and free > 0.06 * shown:
        axis.text(region.bytes - free / 2, 0.5, f"free\n{free:,}", ha="center", va="center", fontsize=6.8, zorder=3)
    axis.set_xlim(0, shown)
    axis.set_ylim(0, 1)
    axis.set_yticks([])
    ticks = [shown * i / 4 for i in range(5)]
    axis.set_xticks(ticks, [f"{region.at + int(t):#010x}" for t in ticks], fontsize=7)
    axis.set_title(
        f"{plan.board.name} {name}: {planned:,} B of {region.bytes:,} B planned, {free:,} B left for .data and .bss",
        loc="left",
        fontsize=9,
        fontweight="bold",
    )
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=8, frameon=False, fontsize=7.5, handlelength=1.2)
    _plain(axis)


def _plain(axis: Axes) -> None:
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _short(name: str, share: float) -> str:
    """The end of a tensor's name, which is the telling part, in as many letters as its share of the width has room for."""
    room = max(int(share * 170), 6)
    parts = name.split(";", maxsplit=1)[0].split("/")
    for words in ("/".join(parts[-2:]), parts[-2] if len(parts) > 1 else parts[-1]):
        if len(words) <= room:
            return words
    return words[: room - 1] + "…"
