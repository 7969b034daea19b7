"""Which variant of its kernel each layer gets.

By measurement where the core's table (stator.tuned) has the layer, otherwise by order: that of ISA tags in `kernels:` of board.yml, then
that of lines in kernels.inc. Of all ways to choose, the one is taken for which

    what the layers take + worth of a byte * (code of all variants that are linked + the layers' tables)

is least. What a byte is worth is the meaning of `--optimize`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from stator import tuned
from stator.board import Board
from stator.errors import ConfigError
from stator.kernels import Choice, candidates
from stator.ops import KernelCall
from stator.yamlfile import nearest

DEFAULT = "balanced"
WORTH = {"speed": 0.0, "balanced": 0.0025 / 1024, "size": 0.25 / 1024}
"""By name of --optimize: what a byte of flash is worth, as a share of what all measured layers take at their fastest."""

_NTH = re.compile(r"nth:(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Selection:
    """`order`: ISA tags, the preferred one first. `nth`: take that many variants further on, the last where there are not so many.
    `table`: what was measured on the core, and `worth` of a byte."""

    name: str
    order: tuple[str, ...]
    nth: int = 0
    table: tuned.Table | None = None
    worth: float = 0.0

    def choose(self, calls: Sequence[KernelCall]) -> list[Choice]:
        """A variant for each layer. Raises ConfigError where a kernel has none."""
        found = [_found(call, self.order) for call in calls]
        if self.table is None:
            return [of_layer[min(self.nth, len(of_layer) - 1)] for of_layer in found]
        return _by_measurement(calls, found, self.table, self.worth)


def in_order(tags: Sequence[str]) -> Selection:
    """The first variant that takes the layer."""
    return Selection(tags[0] if tags else "ref", tuple(tags))


def selected(board: Board, name: str = DEFAULT) -> Selection:
    """A board's selection by its name: one of WORTH, an ISA tag of the board (and what it prefers less), or `nth:N` for `invoke tune`.

    Raises ConfigError for any other name.
    """
    if name in WORTH:
        return Selection(name, board.kernels, table=tuned.table(board), worth=WORTH[name])
    further = _NTH.fullmatch(name)
    if further:
        return Selection(name, board.kernels, nth=int(further[1]))
    tags = tuple(dict.fromkeys((*board.kernels, "ref")))
    if name in tags:
        return Selection(name, tags[tags.index(name) :])
    raise ConfigError(
        f"board '{board.name}' runs no kernels '{name[:40]}', {nearest(name, tags)}", remedy=f"one of {', '.join((*tags, *WORTH))}"
    )


def known_optimize(name: str) -> str:
    """A value of --optimize. Raises ConfigError for any other."""
    if name not in WORTH:
        raise ConfigError(f"--optimize {name[:40]}: {nearest(name, WORTH)}", remedy=f"one of {', '.join(WORTH)}")
    return name


def _found(call: KernelCall, order: Sequence[str]) -> list[Choice]:
    found = list(candidates(call, order))
    if not found:
        raise ConfigError(f"no kernel {call.kernel}", remedy="one folder of firmware/kernels with a kernels.inc line per variant")
    return found


def _by_measurement(calls: Sequence[KernelCall], found: Sequence[list[Choice]], table: tuned.Table, worth: float) -> list[Choice]:
    figures = [_figures(call, of_layer, table) for call, of_layer in zip(calls, found, strict=True)]
    least = sum(min(of_layer.values()) for of_layer in figures if of_layer)
    of_byte = worth * least
    chosen: list[Choice] = [of_layer[0] for of_layer in found]
    for kernel in dict.fromkeys(call.kernel for call in calls):
        at = [i for i, call in enumerate(calls) if call.kernel == kernel]
        linked = {chosen[i].kernel.name for i in at if not figures[i]}
        open_ = [i for i in at if figures[i]]
        names = list(dict.fromkeys(name for i in open_ for name in figures[i] if name not in linked))
        ways = [frozenset({*linked, *more}) for count in range(len(names) + 1) for more in combinations(names, count)]
        possible = [way for way in (_way(names, open_, found, figures, table, of_byte) for names in ways) if way is not None]
        best = min(possible, key=lambda way: way.takes + of_byte * way.bytes, default=None)
        for i, choice in zip(open_, best.choices if best else (), strict=True):
            chosen[i] = choice
    return [_told(choice, of_layer, table) for choice, of_layer in zip(chosen, figures, strict=True)]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to choose variants for the layers of a kernel."""

    choices: tuple[Choice, ...]
    takes: int
    bytes: int


def _way(
    names: frozenset[str],
    layers: Sequence[int],
    found: Sequence[list[Choice]],
    figures: Sequence[Mapping[str, int]],
    table: tuned.Table,
    of_byte: float,
) -> _Way | None:
    """The best choice among these variants; None where a layer is taken by none of them."""
    choices = []
    for i in layers:
        fit = [(figures[i][c.kernel.name], c) for c in found[i] if c.kernel.name in names and c.kernel.name in figures[i]]
        if not fit:
            return None
        choices.append(min(fit, key=lambda one: one[0] + of_byte * one[1].table_bytes)[1])
    takes = sum(figures[i][choice.kernel.name] for i, choice in zip(layers, choices, strict=True))
    code = sum(table.code_bytes.get(name, 0) for name in names)
    return _Way(tuple(choices), takes, code + sum(choice.table_bytes for choice in choices))


def _figures(call: KernelCall, of_layer: Sequence[Choice], table: tuned.Table) -> dict[str, int]:
    """What the variants took; none where the one that comes first was not measured: it is newer than the table."""
    known = table.of(call)
    names = [choice.kernel.name for choice in of_layer]
    return {name: known[name] for name in names if name in known} if names[0] in known else {}


def _told(choice: Choice, figures: Mapping[str, int], table: tuned.Table) -> Choice:
    """The choice with why it was taken."""
    if not figures:
        return replace(choice, why="the board's first; the layer was not measured")
    tags = ", ".join(f"{name.partition('__')[2]} {count:,}" for name, count in figures.items())
    return replace(choice, why=f"{table.counts.replace('_', ' ')}: {tags}")
