"""Runtimes that a model may have to be shipped on: what each takes, as facts with their sources. One `<runtime>.yml` each, found.

A runtime that can really be asked has also a `<runtime>.py` (with `_` for `-`), whose `check(spec, board, survey, table)` does so, or
whose `export(spec)` writes what the runtime takes.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from stator.board import Board, Line
from stator.frontends import Seen, Survey
from stator.spec import ModelSpec
from stator.yamlfile import Section, read

FOLDER = Path(__file__).parent
OWN = "stator"

Word = Literal["yes", "no", "unknown"]
Op = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=64)]
TRUTH: dict[Word, bool | None] = {"yes": True, "no": False, "unknown": None}


class Fact(Section):
    """What a source says of operators: the listed ones and the `otherwise`, or `all` of them; on these cores and types, or on any."""

    source: Line
    cores: Line = ".*"
    types: tuple[str, ...] = ()
    yes: tuple[Op, ...] = ()
    otherwise: Word = "unknown"
    all: Word | None = None

    def of(self, op: str) -> Word:
        return self.all or ("yes" if op in self.yes else self.otherwise)


class Table(Section):
    """`<runtime>.yml`."""

    name: str
    title: Line
    version: Line
    sources: dict[str, Annotated[str, StringConstraints(max_length=300)]]
    cores: Annotated[dict[str, Word], Field(min_length=1)]  # pattern of `core:` of board.yml -> whether it runs there
    cores_source: str = ""
    types: tuple[str, ...]  # element types that it takes
    types_source: str = ""
    remedy: Line
    supported: Annotated[tuple[Fact, ...], Field(min_length=1)]
    exact: Annotated[tuple[Fact, ...], Field(min_length=1)]
    accelerated: Annotated[tuple[Fact, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sources_exist(self) -> Self:
        named = {fact.source for fact in (*self.supported, *self.exact, *self.accelerated)} | {self.cores_source, self.types_source} - {""}
        missing = sorted(named - set(self.sources))
        if missing:
            raise ValueError(f"sources: {', '.join(missing)} is not there")
        return self

    def runs_on(self, core: str) -> Word:
        return next((word for pattern, word in self.cores.items() if re.fullmatch(pattern, core)), "unknown")

    def supports(self, op: str, dtype: str) -> Word:
        return "no" if dtype and dtype not in self.types else _answer(self.supported, op, "", dtype)

    def computes_exactly(self, op: str, dtype: str) -> Word:
        return _answer(self.exact, op, "", dtype)

    def accelerates(self, op: str, dtype: str, core: str) -> Word:
        return "no" if self.runs_on(core) == "no" else _answer(self.accelerated, op, core, dtype)


def _answer(facts: tuple[Fact, ...], op: str, core: str, dtype: str) -> Word:
    for fact in facts:
        if (not core or re.fullmatch(fact.cores, core)) and (not fact.types or dtype in fact.types):
            return fact.of(op)
    return "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """One operator on one runtime; None is unknown. `instructions` and `bytes` (of weights and tables) are predictions."""

    node: int
    op: str
    supported: bool | None
    exact: bool | None
    accelerated: bool | None
    instructions: int | None = None
    bytes: int | None = None
    remedy: str = ""

    def fields(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Checked:
    """A model on a runtime. `runs`: whether the runtime runs on the board's core. `reasons`: why it will not run, if it will not."""

    runtime: str
    version: str
    runs: bool | None
    operators: tuple[Answer, ...]
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    more: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """What a runtime takes: files by name, and the fields of the result. `problems`: what its real tool found wrong."""

    files: dict[str, bytes]
    more: dict[str, object]
    problems: tuple[str, ...] = ()


Export = Callable[[ModelSpec], Exported]
Check = Callable[[ModelSpec, Board, Survey, Table | None], Checked]


@cache
def tables() -> dict[str, Table]:
    """Every table by its runtime's name. Raises ConfigError."""
    return {file.stem: read(file, Table, {"name": file.stem}) for file in sorted(FOLDER.glob("*.yml"))}


def names() -> tuple[str, ...]:
    """Every runtime, Stator first."""
    asked = {file.stem.replace("_", "-") for file in FOLDER.glob("[!_]*.py")}
    return (OWN, *sorted((set(tables()) | asked) - {OWN}))


def _asked(name: str, what: str) -> Any:
    """The function `what` of the runtime's module; None where it has none."""
    module = f"{__name__}.{name.replace('-', '_')}"
    return None if importlib.util.find_spec(module) is None else getattr(importlib.import_module(module), what, None)


def check(name: str, spec: ModelSpec, board: Board, survey: Survey) -> Checked:
    """Asks a runtime: by its module where that can check, else by its table."""
    table = tables().get(name)
    asked: Check | None = _asked(name, "check")
    if asked is not None:
        return asked(spec, board, survey, table)
    assert table is not None
    return by_table(table, board, survey)


def exporters() -> dict[str, Export]:
    """What can be exported to, by name."""
    return {name: found for name in names() if (found := _asked(name, "export")) is not None}


def by_table(table: Table, board: Board, survey: Survey) -> Checked:
    """What the table says of every operator."""
    operators = tuple(_by_table(table, board, seen) for seen in survey.seen)
    return Checked(table.name, table.version, TRUTH[table.runs_on(board.core)], operators, reasons(table, board, operators), used(table))


def _by_table(table: Table, board: Board, seen: Seen) -> Answer:
    supported = table.supports(seen.op, seen.dtype)
    exact = None if supported == "no" else TRUTH[table.computes_exactly(seen.op, seen.dtype)]
    accelerated = False if supported == "no" else TRUTH[table.accelerates(seen.op, seen.dtype, board.core)]
    hint = table.remedy
    if seen.dtype and seen.dtype not in table.types:
        hint = f"it takes {', '.join(table.types)}, not {seen.dtype}; {hint}"
    if supported == "yes":
        hint = ""
    return Answer(seen.node, seen.op, TRUTH[supported], False if supported == "no" else exact, accelerated, remedy=hint)


def reasons(table: Table, board: Board, operators: tuple[Answer, ...]) -> tuple[str, ...]:
    """Why the model will not run there."""
    found = []
    if table.runs_on(board.core) == "no":
        found.append(f"{table.title} does not run on {board.name} ({board.core})")
    missing = sorted({answer.op for answer in operators if answer.supported is False})
    if missing:
        found.append(f"not taken: {', '.join(missing)}")
    return tuple(found)


def used(table: Table) -> tuple[str, ...]:
    return tuple(f"{name}: {text}" for name, text in table.sources.items())


def unknown(checked: Checked) -> tuple[int, int]:
    """(facts that are unknown, facts): supported, exact and accelerated of every operator, and whether the runtime runs on the core."""
    facts: list[Any] = [checked.runs]
    for answer in checked.operators:
        facts += [answer.supported, answer.exact, answer.accelerated]
    return sum(fact is None for fact in facts), len(facts)
