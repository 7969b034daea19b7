"""GCC's `-fcallgraph-info=su` files: how many bytes of stack each compiled function takes, whom it calls, what is unknown.

One `.ci` file per translation unit, in VCG text. A function's title is its assembler name, preceded by `<file>:` when it is local.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stator.errors import ToolError

_NODE = re.compile(r'^node: \{ title: "((?:[^"\\]|\\.)*)" label: "((?:[^"\\]|\\.)*)"( shape : ellipse)? \}')
_EDGE = re.compile(r'^edge: \{ sourcename: "((?:[^"\\]|\\.)*)" targetname: "((?:[^"\\]|\\.)*)"(?: label: "((?:[^"\\]|\\.)*)")? \}')
_STACK = re.compile(r"(\d+) bytes \(([a-z,]+)\)")
_INDIRECT = "__indirect_call"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the compiler said about one function. `bounded` is False for alloca and variable-length arrays."""

    name: str
    where: str
    frame_bytes: int
    bounded: bool
    calls: frozenset[str]
    indirect: tuple[str, ...]  # where it calls through a pointer


def read_callgraph(files: Iterable[Path]) -> dict[str, Compiled]:
    """All functions of these `.ci` files by name. Local functions of one name are merged into the worst of them."""
    found: dict[str, Compiled] = {}
    for file in sorted(files):
        for function in _read(file):
            other = found.get(function.name)
            found[function.name] = function if other is None else _worst(other, function)
    return found


def _worst(a: Compiled, b: Compiled) -> Compiled:
    return Compiled(
        name=a.name,
        where=a.where if a.frame_bytes >= b.frame_bytes else b.where,
        frame_bytes=max(a.frame_bytes, b.frame_bytes),
        bounded=a.bounded and b.bounded,
        calls=a.calls | b.calls,
        indirect=a.indirect + b.indirect,
    )


def _read(file: Path) -> list[Compiled]:
    nodes: dict[str, tuple[str, int, bool]] = {}
    edges: dict[str, list[tuple[str, str]]] = {}
    for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if (node := _NODE.match(text)) and not node[3]:
            stack = _STACK.search(node[2])
            if stack is None:
                raise ToolError(f"{file.name}: no stack size for '{node[1]}'", remedy="compile with -fcallgraph-info=su")
            lines = node[2].split("\\n")
            nodes[node[1]] = (lines[1] if len(lines) > 1 else file.name, int(stack[1]), stack[2] in ("static", "dynamic,bounded"))
        elif edge := _EDGE.match(text):
            edges.setdefault(edge[1], []).append((edge[2], edge[3] or ""))
        elif not node and not text.startswith(("graph:", "}")) and text:
            raise ToolError(f"{file.name}: not understood: {text[:80]}", remedy="GCC 10 or later")
    return [
        Compiled(
            name=_bare(title),
            where=where,
            frame_bytes=frame,
            bounded=bounded,
            calls=frozenset(_bare(target) for target, _ in edges.get(title, ()) if target != _INDIRECT),
            indirect=tuple(at or where for target, at in edges.get(title, ()) if target == _INDIRECT),
        )
        for title, (where, frame, bounded) in nodes.items()
    ]


def _bare(title: str) -> str:
    return title.rsplit(":", 1)[-1]
