"""Two benches of the same models on the same boards: the table that belongs in a commit message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from stator.errors import ConfigError
from stator.yamlfile import shown

Result = Mapping[str, object]

FIGURES = (
    "instructions",
    "cycles",
    "estimated_cycles",
    "frame_instructions",
    "frame_cycles",
    "runtime_flash_bytes",
    "weights_bytes",
    "arena_bytes",
)
PER_LAYER = ("instructions", "cycles", "estimated_cycles")


def read(file: Path) -> list[Result]:
    """The results of a JSON file that `bench --json` wrote. Raises ConfigError."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        results = content.get("results", [content])
        if not all(isinstance(result["board"], str) and isinstance(result["model"], str) for result in results):
            raise TypeError
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ConfigError(f"{shown(file)} holds no results of `bench`", remedy="a file that `invoke bench --json FILE` wrote") from None
    return cast(list[Result], results)


def pairs(before: Sequence[Result], after: Sequence[Result]) -> list[tuple[Result, Result]]:
    """The results for the same board and model, in the order of `after`. Raises ConfigError where there are none."""
    of = {(r["board"], r["model"]): r for r in before}
    found = [(of[r["board"], r["model"]], r) for r in after if (r["board"], r["model"]) in of]
    if not found:
        raise ConfigError("the two have no board and model in common", remedy="bench the same --models and --board on both sides")
    return found


def text(names: tuple[str, str], both: Sequence[tuple[Result, Result]]) -> str:
    """A table per figure that has changed: kinds of layers that changed, and the whole. What is equal on both sides is not shown."""
    parts = []
    for figure in FIGURES:
        for board in dict.fromkeys(str(after["board"]) for _, after in both):
            rows = [row for before, after in both if after["board"] == board for row in _rows(figure, before, after)]
            if rows:
                parts.append(_table(f"{board}, {figure.removesuffix('_bytes').replace('_', ' ')}", names, rows))
    return "\n".join(parts or ["no figure differs\n"]) + "".join(_exact(after) for _, after in both)


def _rows(figure: str, before: Result, after: Result) -> Iterator[tuple[str, int, int]]:
    whole = before.get(figure), after.get(figure)
    if not isinstance(whole[0], int) or not isinstance(whole[1], int) or whole[0] == whole[1]:
        return
    if figure in PER_LAYER:
        yield from _by_op(figure, before, after)
    yield f"{after['model']}  whole", whole[0], whole[1]


def _by_op(figure: str, before: Result, after: Result) -> Iterator[tuple[str, int, int]]:
    layers = [cast(list[Mapping[str, object]], result.get("layers", [])) for result in (before, after)]
    for op in dict.fromkeys(str(layer["op"]) for layer in layers[1]):
        of_op = [[layer for layer in side if layer["op"] == op] for side in layers]
        sums = [sum(int(str(layer.get(figure, 0))) for layer in side) for side in of_op]
        if sums[0] != sums[1]:
            count = len(of_op[1])
            yield f"{after['model']}  {op.lower()} ({count} layer{'s' * (count > 1)})", sums[0], sums[1]


def _table(title: str, names: tuple[str, str], rows: Sequence[tuple[str, int, int]]) -> str:
    first = max(len(title), *(len(name) for name, _, _ in rows))
    lines = [f"{title:<{first}}  {names[0]:>13}  {names[1]:>13}"]
    for name, before, after in rows:
        change = f"  {100 * (after / before - 1):+6.1f} %" if before else ""
        lines.append(f"{name:<{first}}  {before:>13,}  {after:>13,}{change}")
    return "\n".join(lines) + "\n"


def _exact(result: Result) -> str:
    said = {True: f"exact: {result.get('compared_bytes', 0):,} bytes", False: "NOT EXACT"}.get(bool(result.get("exact")), "")
    return f"{result['model']} on {result['board']}: {said}\n"
