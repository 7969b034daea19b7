"""The report's pictures, as SVG for the page: colours are the page's own variables, so that they follow light and dark."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from stator.measure.kept import Kept
from stator.report.collect import Chapter

# Colours that stand for variables of the page's style sheet.
_VARIABLES = {
    "ink": "#0a0b01",
    "quiet": "#0a0b02",
    "rule": "#0a0b03",
    "paper": "#0a0b04",
    "accent": "#0a0b05",
    "warn": "#0a0b06",
    "c0": "#0a0b10",
    "c1": "#0a0b11",
    "c2": "#0a0b12",
    "c3": "#0a0b13",
    "c4": "#0a0b14",
    "c5": "#0a0b15",
    "c6": "#0a0b16",
    "c7": "#0a0b17",
}
INK, QUIET, RULE, PAPER = (_VARIABLES[name] for name in ("ink", "quiet", "rule", "paper"))
ACCENT, WARN = _VARIABLES["accent"], _VARIABLES["warn"]
PALETTE = tuple(_VARIABLES[f"c{i}"] for i in range(8))
CLASSES = tuple(_VARIABLES[name] for name in ("c4", "c1", "c2", "c3", "c0", "c5", "c7", "c6"))
"""Colours of the classes in the order of the model's labels; the first is that of health."""
UNKNOWN = RULE

_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "stator",
    "axes.edgecolor": RULE,
    "axes.labelcolor": QUIET,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
}
WIDTH = 9.6
MOST_POINTS = 480
"""Frames that a figure shows one by one; of a longer run the last ones."""
_THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}")

KINDS = {
    "stack": ("stacks", PALETTE[3]),
    "object": ("kernel objects", PALETTE[6]),
    "queue": ("queues", PALETTE[7]),
    "kept": ("kept across a reset", PALETTE[4]),
    "features": ("work of the front end", PALETTE[2]),
    "half": ("DMA halves", PALETTE[1]),
    "arena": ("arena of the model", PALETTE[0]),
}


def decisions(run: Kept, seconds: float) -> str:
    """Class of every frame and the debounced state against the truth, and the confidence below; `seconds` is a frame's length."""
    labels, frames = run.labels, run.frames
    count = len(frames["label"])
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(1.75, 2, height_ratios=[2.2, 1])
        strip, confidence = axes
        truth = run.results.get("truth")
        rows = [("frame", frames["label"]), ("state", frames["state"])]
        if truth in labels:
            rows.insert(0, ("truth", tuple([labels.index(str(truth))] * count)))
        for row, (_, values) in enumerate(rows):
            _strip(strip, len(rows) - 1 - row, values, seconds)
        filling = frames["full"].index(1) if 1 in frames["full"] else count
        strip.axvline(filling * seconds, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
        strip.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)])
        strip.set_ylim(-0.5, len(rows) - 0.5)
        strip.set_xlim(0, count * seconds)
        strip.tick_params(length=0, labelbottom=False)
        strip.spines[:].set_visible(False)
        step = -(-count // MOST_POINTS)  # of several frames the least sure one is shown
        sure = np.array(frames["confidence"], float) * 100 / 255
        percent = np.minimum.reduceat(sure, np.arange(0, count, step))
        time = (np.arange(len(percent)) + 0.5) * step * seconds
        confidence.fill_between(time, percent, step="mid", color=ACCENT, alpha=0.25, linewidth=0)
        confidence.step(time, percent, where="mid", color=ACCENT, linewidth=1)
        confidence.set_xlim(0, count * seconds)
        confidence.set_ylim(0, 104)
        confidence.set_yticks([0, 50, 100], ["0 %", "50 %", "100 %"])
        confidence.set_xlabel("time, s")
        confidence.set_ylabel("confidence")
        return _svg(figure, f"Class of every frame of {run.results['signal']}")


def work(run: Kept, chapter: Chapter, unit: float) -> str:
    """Instructions per frame, stacked by stage, and the budget."""
    frames = {name: values[-MOST_POINTS:] for name, values in run.frames.items()}
    parts = [
        ("hand-over", np.array(frames["handover"], float) * unit),
        ("features", np.array(frames["features"], float) * unit),
        ("inference", np.array(frames["inference"], float) * unit),
    ]
    whole = np.array(frames["decision"], float) * unit
    parts.append(("rest", np.maximum(whole - sum(values for _, values in parts), 0)))
    budget = chapter.spec.budgets.instructions.get(chapter.board.name)
    with mpl.rc_context(_STYLE):
        figure, (axis,) = _figure(2.1, 1)
        x = np.arange(len(whole)) + len(run.frames["decision"]) - len(whole)
        axis.stackplot(
            x,
            [v / 1000 for _, v in parts],
            colors=[PALETTE[i] for i in (3, 2, 0, 6)],
            labels=[n for n, _ in parts],
            step="mid",
            linewidth=0,
        )
        if budget is not None:
            axis.axhline(budget / 1000, color=WARN, linewidth=1.2, linestyle=(0, (4, 3)))
            axis.annotate(
                f"budget {budget:,}",
                (1, budget / 1000),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="bottom",
                color=WARN,
                xytext=(0, 2),
                textcoords="offset points",
            )
        axis.set_xlim(x[0], max(x[-1], x[0] + 1))
        axis.set_ylim(0, 1.15 * max(float(whole.max()), float(budget or 0)) / 1000)
        axis.set_xlabel("frame")
        axis.set_ylabel("thousand instructions")
        axis.yaxis.set_major_formatter(_THOUSANDS)
        axis.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), reverse=True)
        return _svg(figure, "Instructions per frame")


def timeline(run: Kept, chapter: Chapter, unit: float) -> str:
    """Three frames from the end of the run on the board's clock: what DMA, interrupt and tasks do when."""
    frames, board = run.frames, chapter.board
    period = float(chapter.plan["sampling"]["half_ticks"]) / float(chapter.plan["sampling"]["clock_hz"]) * 1000
    count = len(frames["decision"])
    first = max(count - 3, 0)
    milli = unit / board.clock_hz * 1000
    rows = ("DMA fills", "features", "inference", "idle")
    with mpl.rc_context(_STYLE):
        figure, (axis,) = _figure(2.1, 1)
        for n, index in enumerate(range(first, count)):
            at = n * period
            handover, features, inference, decision = (
                float(frames[name][index] or 0) * milli for name in ("handover", "features", "inference", "decision")
            )
            _bar(axis, 3, at - period, period, PALETTE[1], f"half {int(frames['sequence'][index] or 0) % 2}", alpha=0.35 + 0.3 * (n % 2))
            _bar(axis, 2, at + handover, features, PALETTE[2], f"{features:.2f} ms", beside=True)
            _bar(axis, 1, at + decision - inference, inference, PALETTE[0], f"{inference:.2f} ms", beside=True)
            _bar(axis, 0, at + decision, period - decision, RULE, f"{100 * (1 - decision / period):.0f} % left")
            axis.axvline(at, color=WARN, linewidth=0.9)
            axis.plot([at + decision], [1], marker="|", markersize=17, markeredgewidth=1.6, color=INK, zorder=5)
        axis.set_yticks(range(4), list(reversed(rows)))
        axis.set_ylim(-0.6, 3.6)
        axis.set_xlim(-period, max(min(3, count), 1) * period)
        axis.tick_params(axis="y", length=0)
        axis.spines["left"].set_visible(False)
        axis.set_xlabel(f"ms at {board.clock_hz / 1e6:g} MHz, one instruction per clock; line: a half is full; stroke: its decision")
        return _svg(figure, "Timeline of three frames")


def jitter(run: Kept, unit: float) -> str:
    """Instructions from the buffer-full interrupt to the feature task, per frame."""
    values = np.array(run.frames["handover"], float) * unit
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(1.6, 1, 2, width_ratios=[3, 1])
        over, spread = axes
        x = np.arange(len(values))[-MOST_POINTS:]
        over.plot(x, values[-MOST_POINTS:], linestyle="none", marker="o", markersize=2.6, markeredgewidth=0, color=ACCENT, alpha=0.75)
        low, high = float(values.min()), float(values.max())
        pad = max((high - low) * 0.25, 2)
        over.axhspan(low, high, color=ACCENT, alpha=0.08, linewidth=0)
        over.set_ylim(low - pad, high + pad)
        over.set_xlim(x[0] - 1, x[-1] + 1)
        over.set_xlabel("frame")
        over.set_ylabel("instructions")
        over.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        spread.hist(values, bins=min(24, max(int(high - low) + 1, 3)), orientation="horizontal", color=ACCENT, alpha=0.6)
        spread.set_ylim(low - pad, high + pad)
        spread.tick_params(labelleft=False)
        spread.set_xlabel("frames")
        spread.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        return _svg(figure, "Delay from interrupt to feature task")


def bars(rows: Sequence[tuple[str, float]], unit: str, title: str, *, width: float = WIDTH) -> str:
    """Horizontal bars with their values, in the given order."""
    with mpl.rc_context(_STYLE):
        figure, (axis,) = _figure(0.5 + 0.27 * len(rows), 1, width=width)
        most = max((value for _, value in rows), default=1) or 1
        total = sum(value for _, value in rows) or 1
        for index, (_, value) in enumerate(rows):
            axis.barh(-index, value, height=0.68, color=ACCENT, alpha=0.8, linewidth=0)
            axis.text(
                value + 0.008 * most, -index, f"{value:,.0f} {unit}  ({_share(value / total)})", va="center", color=QUIET, fontsize=8.5
            )
        axis.set_yticks([-i for i in range(len(rows))], [name for name, _ in rows])
        axis.set_xlim(0, (1.22 if width == WIDTH else 1.6) * most)
        axis.set_ylim(-len(rows) + 0.45, 0.55)
        axis.tick_params(length=0, labelbottom=False)
        axis.spines[:].set_visible(False)
        return _svg(figure, title)


def lifetimes(plan: Mapping[str, Any]) -> str:
    """Every buffer of the arena: steps to the right, addresses upwards."""
    steps = len(plan["layers"])
    with mpl.rc_context(_STYLE):
        figure, (axis,) = _figure(3.1, 1)
        for index, buffer in enumerate(plan["buffers"]):
            colour = PALETTE[index % 6]
            width = buffer["last"] - buffer["first"] + 1
            axis.add_patch(
                Rectangle(
                    (buffer["first"], buffer["offset"]), width, buffer["bytes"], facecolor=colour, alpha=0.75, edgecolor=PAPER, linewidth=1
                )
            )
            if buffer["bytes"] > 0.04 * plan["arena_bytes"]:
                middle = (buffer["first"] + width / 2, buffer["offset"] + buffer["bytes"] / 2)
                axis.text(*middle, f"{buffer['bytes']:,} B", ha="center", va="center", color=PAPER, fontsize=8.5, fontweight="bold")
        axis.axhline(plan["arena_bytes"], color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axis.annotate(
            f"arena {plan['arena_bytes']:,} B, no plan of this order needs less than {plan['arena_bound_bytes']:,} B",
            (0, plan["arena_bytes"]),
            xytext=(4, 3),
            textcoords="offset points",
            color=INK,
            fontsize=8.5,
        )
        axis.set_xlim(0, steps)
        axis.set_ylim(0, 1.1 * plan["arena_bytes"])
        axis.set_xticks(
            [i + 0.5 for i in range(steps)], [f"{i}\n{short(layer['op'])}" for i, layer in enumerate(plan["layers"])], fontsize=8
        )
        axis.tick_params(axis="x", length=0)
        axis.yaxis.set_major_formatter(_THOUSANDS)
        axis.set_ylabel("offset in the arena, B")
        return _svg(figure, "Lifetimes of the tensors over their addresses")


def memory_map(chapter: Chapter) -> str:
    """What lies where in RAM: everything planned and, behind it, .data and .bss."""
    plan = chapter.plan
    rams = [r for r in plan["regions"] if r["kind"] == "ram" and any(i["region"] == r["name"] for i in plan["items"])]
    with mpl.rc_context(_STYLE):
        figure, axes = _figure(0.62 + 0.95 * len(rams), len(rams))
        for axis, region in zip(axes, rams, strict=True):
            items = [i for i in plan["items"] if i["region"] == region["name"]]
            start = region["address"]
            sections = [
                s
                for s in chapter.sizes.sections
                if s.in_ram and s.name in (".data", ".bss") and start <= s.address < start + region["bytes"]
            ]
            end = max([i["address"] + i["bytes"] for i in items] + [s.address + s.bytes for s in sections]) - start
            for item in items:
                axis.add_patch(
                    Rectangle(
                        (item["address"] - start, 0), item["bytes"], 1, facecolor=KINDS[item["kind"]][1], edgecolor=PAPER, linewidth=0.8
                    )
                )
                if item["bytes"] > 0.055 * end:
                    axis.text(
                        item["address"] - start + item["bytes"] / 2,
                        0.5,
                        f"{item['bytes']:,}",
                        ha="center",
                        va="center",
                        color=PAPER,
                        fontsize=8.5,
                        fontweight="bold",
                    )
            for section in sections:
                axis.add_patch(Rectangle((section.address - start, 0), section.bytes, 1, facecolor=QUIET, edgecolor=PAPER, linewidth=0.8))
            axis.set_xlim(0, end)
            axis.set_ylim(0, 1)
            axis.set_yticks([])
            axis.spines[:].set_visible(False)
            axis.xaxis.set_major_locator(MaxNLocator(8, integer=True))
            axis.xaxis.set_major_formatter(_THOUSANDS)
            free = region["bytes"] - end
            axis.set_xlabel(f"bytes from {start:#010x} in {region['name']}; behind it {free:,} B of {region['bytes']:,} B are free")
        return _svg(figure, "Memory map of RAM")


def stack_bars(chapter: Chapter, used: Mapping[str, int | None]) -> str:
    """Per stack: reserved, the call graph's bound, and the high-water mark of the runs."""
    stacks = chapter.stacks.stacks
    with mpl.rc_context(_STYLE):
        figure, (axis,) = _figure(0.75 + 0.36 * len(stacks), 1)
        for index, stack in enumerate(stacks):
            axis.barh(-index, stack.reserved_bytes, height=0.74, color=RULE, linewidth=0, label="reserved" if index == 0 else None)
            axis.barh(
                -index,
                stack.bound_bytes,
                height=0.44,
                color=ACCENT if stack.fits else WARN,
                alpha=0.75,
                linewidth=0,
                label="bound" if index == 0 else None,
            )
            mark = used.get(stack.name)
            if mark is not None:
                axis.plot([mark, mark], [-index - 0.37, -index + 0.37], color=INK, linewidth=2, label="used" if index == 0 else None)
            seen = f", used {mark:,}" if mark is not None else ""
            axis.annotate(
                f"bound {stack.bound_bytes:,} of {stack.reserved_bytes:,} B{seen}",
                (stack.reserved_bytes, -index),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                color=QUIET,
                fontsize=8.5,
            )
        axis.set_yticks([-i for i in range(len(stacks))], [s.name for s in stacks])
        axis.set_xlim(0, 1.45 * max(s.reserved_bytes for s in stacks))
        axis.tick_params(length=0, labelbottom=False)
        axis.spines[:].set_visible(False)
        return _svg(figure, "Stacks")


def _strip(axis: Axes, row: int, values: Sequence[int | None], seconds: float) -> None:
    """One row of coloured frames; equal neighbours are one rectangle."""
    start = 0
    for index in range(1, len(values) + 1):
        if index == len(values) or values[index] != values[start]:
            value = values[start]
            colour = UNKNOWN if value is None else CLASSES[value % len(CLASSES)]
            axis.add_patch(Rectangle((start * seconds, row - 0.36), (index - start) * seconds, 0.72, facecolor=colour, linewidth=0))
            start = index


def _bar(axis: Axes, row: float, start: float, length: float, colour: str, text: str, *, alpha: float = 0.8, beside: bool = False) -> None:
    axis.add_patch(Rectangle((start, row - 0.34), length, 0.68, facecolor=colour, alpha=alpha, linewidth=0))
    if beside:
        place = {"xy": (start + length, row), "xytext": (6, 0), "ha": "left"}
    else:
        place = {"xy": (start + length / 2, row), "xytext": (0, 0), "ha": "center"}
    axis.annotate(text, textcoords="offset points", va="center", color=INK, fontsize=8.5, annotation_clip=True, **place)  # type: ignore[arg-type]


def _share(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else "< 1 %"


def variable(colour: str) -> str:
    """The page's variable for one of the colours here."""
    return next((f"var(--{name})" for name, value in _VARIABLES.items() if value == colour), colour)


def short(op: str) -> str:
    """An operator's name in few letters."""
    return op.lower().replace("depthwise_conv_2d", "depthwise").replace("_2d", "").replace("fully_connected", "dense").replace("_", " ")


def _figure(height: float, rows: int, columns: int = 1, *, width: float = WIDTH, **ratios: Any) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.subplots(rows, columns, squeeze=False, gridspec_kw=ratios).reshape(-1)
    for axis in axes:
        axis.patch.set_alpha(0)
    return figure, list(axes)


def _svg(figure: Figure, title: str) -> str:
    """The figure as SVG text for a page: no prologue, the width of its box, the page's colours and fonts, a title for readers."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    for name, colour in _VARIABLES.items():
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--sans)", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1 role="img" class="figure"', text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = _own_ids(text, title)
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"(<svg[^>]*>)", rf"\1<title>{safe}</title>", text, count=1)


def _own_ids(text: str, title: str) -> str:
    """Ids that no other figure of the page has."""
    mark = hashlib.sha256((title + text[:20000]).encode()).hexdigest()[:8]
    text = re.sub(r'\bid="([^"]+)"', rf'id="\1-{mark}"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#\1-{mark})", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#\1-{mark}"', text)
