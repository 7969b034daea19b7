"""Words of C: numbers, tables, comments, banners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from stator import __version__
from stator.memory import MemoryPlan
from stator.ops import Array
from stator.selection import DEFAULT, WORTH

WIDTH = 128
INT_LIMITS = {-(1 << 31): "INT32_MIN"}  # -2147483648 would be a long


def banner(plan: MemoryPlan, what: str) -> str:
    """The first lines of every emitted file: what, from what, by what. No time and no folder: same inputs, same bytes."""
    return (
        f"{what}\n"
        f"Made by stator {__version__}: {command(plan)}\n"
        f"from the model with sha256 {plan.schedule.graph.sha256}.\n"
        "Do not edit: it is made again whenever the model, the board or Stator changes."
    )


def command(plan: MemoryPlan) -> str:
    """What a user would type."""
    model = plan.spec.name if plan.spec.streams else plan.spec.file
    how = plan.schedule.selection
    optimize = f" --optimize {how}" if how in WORTH and how != DEFAULT else ""
    return f"stator compile --model {plain(model)} --board {plan.board.name}{optimize}"


def plain(text: str) -> str:
    """Text from a file, made harmless inside a C comment or string."""
    return re.sub(r"[^A-Za-z0-9_./:;,+()\[\] -]", "_", text)[:120]


def comment(text: str) -> str:
    """A block comment."""
    lines = text.split("\n")
    return "/* " + "\n * ".join(lines) + " */\n"


def integer(value: int) -> str:
    """An integer constant expression of the least surprising type."""
    return INT_LIMITS.get(value, str(value) if value < 1 << 31 else f"{value}u")


def value(value: float | tuple[int, ...]) -> str:
    """A field's value: an integer, a float, or the integers of an array."""
    if isinstance(value, tuple):
        return "{" + ", ".join(integer(v) for v in value) + "}"
    return integer(value) if isinstance(value, int) else real(value)


def real(value: float) -> str:
    """A float constant that reads back as the same float."""
    text = f"{np.float32(value):.9g}"
    return f"{text}f" if "." in text or "e" in text or "n" in text else f"{text}.0f"


def table(values: Array, ctype: str, symbol: str) -> str:
    """`static const` array, aligned to words so that kernels may load words."""
    flat = values.reshape(-1)
    words = [real(float(v)) if ctype == "float" else integer(int(v)) for v in flat]
    align = "" if values.dtype.itemsize >= 4 else "_Alignas(4) "
    return f"static const {align}{ctype} {symbol}[{max(len(words), 1)}] = {{\n{wrapped(words)}}};\n"


def wrapped(words: Iterable[str]) -> str:
    """Words with commas, in lines."""
    lines: list[str] = []
    line = ""
    for word in words:
        if len(line) + len(word) + 6 > WIDTH:
            lines.append(line)
            line = ""
        line += f"{word}," if not line else f" {word},"
    return "".join(f"    {text}\n" for text in [*lines, line or "0,"])


def defines(values: Mapping[str, str]) -> str:
    """`#define` lines, aligned."""
    width = max((len(name) for name in values), default=0)
    return "".join(f"#define {name:<{width}} {value}\n" for name, value in values.items())


def guard(name: str) -> str:
    return "STATOR_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())
