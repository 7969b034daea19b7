"""YAML files that people write: read with limits, checked by a schema, and every complaint says file, line, field and remedy."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from stator.errors import ConfigError

MAX_BYTES = 64 * 1024  # hundreds of times what a board or a model needs
MAX_DEPTH = 16
MAX_SHOWN = 8  # complaints shown at once

Location = tuple[str | int, ...]
M = TypeVar("M", bound="Section")


class Section(BaseModel):
    """A part of a YAML file: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def shown(path: Path) -> str:
    """The path as a message shows it: relative where it lies below the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)


def nearest(name: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'?", or the names there are."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(names)}" if names else "none is known"


def read(path: Path, schema: type[M], given: Mapping[str, object] | None = None) -> M:
    """Reads `path` and checks it against `schema`; `given` are fields that do not come from the file (it may not set them).

    Raises ConfigError with `file:line: field: what, what to do`.
    """
    data, lines = _parse(path)
    for key in given or {}:
        if key in data:
            raise ConfigError(f"{_at(path, lines, (key,))}: {key}: not for this file to say", remedy="remove the line")
    try:
        return schema.model_validate({**data, **(given or {})})
    except ValidationError as error:
        complaints = [f"{_at(path, lines, loc)}: {text}" for loc, text in _complaints(error, schema)]
        more = [f"and {len(complaints) - MAX_SHOWN} more"] if len(complaints) > MAX_SHOWN else []
        raise ConfigError(complaints[0], details=[*complaints[1:MAX_SHOWN], *more]) from None


def _parse(path: Path) -> tuple[dict[str, Any], dict[Location, int]]:
    """The file's mapping as plain Python values, and the line (from 1) of every key and item."""
    name = shown(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {os.strerror(error.errno or 0)}") from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_BYTES:,} B", remedy="a short file of facts; data belongs elsewhere")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(f"{name}:{line}: not UTF-8 at byte {error.start}", remedy="save the file as UTF-8") from None
    try:
        _refuse_tricks(name, text)
        document = YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: a key that was given before", remedy="keep one of the two lines") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = error.problem or error.context or "malformed"
        raise ConfigError(f"{name}:{line}: not YAML: {what}", remedy="mind indentation and colons") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: not YAML: {str(error).splitlines()[0] if str(error) else 'malformed'}") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(f"{name}:1: must be a mapping", remedy="lines of 'field: value'")
    lines: dict[Location, int] = {}
    plain = _plain(document, (), lines, name)
    assert isinstance(plain, dict)
    return plain, lines


def _refuse_tricks(name: str, text: str) -> None:
    """No anchors, aliases (which can grow without bound), tags, second documents or deep nesting."""
    depth = documents = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise ConfigError(f"{name}:{line}: anchors and aliases are not taken", remedy="write the value out")
        if getattr(event, "tag", None):
            raise ConfigError(f"{name}:{line}: tags are not taken", remedy="remove the word that begins with '!'")
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ConfigError(f"{name}:{line}: nested deeper than {MAX_DEPTH}")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        documents += type(event).__name__ == "DocumentStartEvent"
        if documents > 1:
            raise ConfigError(f"{name}:{line}: a second document", remedy="one document a file")


def _plain(value: object, at: Location, lines: dict[Location, int], name: str) -> object:
    """ruamel's commented containers as dict, list and scalars; fills `lines`."""
    if isinstance(value, CommentedMap):
        out: dict[str, object] = {}
        for key, item in value.items():
            line = value.lc.key(key)[0] + 1
            if not isinstance(key, str):
                raise ConfigError(f"{name}:{line}: the key {key!r} is not text", remedy="put it in quotes")
            lines[(*at, key)] = line
            out[str(key)] = _plain(item, (*at, str(key)), lines, name)
        return out
    if isinstance(value, CommentedSeq):
        for i in range(len(value)):
            lines[(*at, i)] = value.lc.item(i)[0] + 1
        return [_plain(item, (*at, i), lines, name) for i, item in enumerate(value)]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def _at(path: Path, lines: Mapping[Location, int], loc: Location) -> str:
    """`file:line` of the nearest place that the file has for `loc`."""
    for n in range(len(loc), 0, -1):
        if loc[:n] in lines:
            return f"{shown(path)}:{lines[loc[:n]]}"
    return f"{shown(path)}:1"


def _complaints(error: ValidationError, schema: type[BaseModel]) -> list[tuple[Location, str]]:
    """Pydantic's errors as (place, "field: what, what to do")."""
    out: list[tuple[Location, str]] = []
    for e in error.errors(include_url=False, include_context=True):
        loc = tuple(e["loc"])
        field = ".".join(str(part) for part in loc)
        if e["type"] == "extra_forbidden":
            text = f"unknown field, {nearest(str(loc[-1]), _fields(schema, loc[:-1]))}"
        elif e["type"] == "missing":
            text = "is missing, add it"
        else:
            message = e["msg"].removeprefix("Value error, ")
            text = message[:1].lower() + message[1:]
            if e["type"] != "value_error" and isinstance(e["input"], int | float | str):
                text += f", not {str(e['input'])[:40]!r}"
        out.append((loc, f"{field}: {text}" if field else text))
    return out


def _fields(schema: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Names of the fields that the section at `loc` knows."""
    known: Any = schema
    for part in loc:
        if isinstance(known, type) and issubclass(known, BaseModel) and part in known.model_fields:
            known = known.model_fields[str(part)].annotation
        sections = [a for a in (known, *getattr(known, "__args__", ())) if isinstance(a, type) and issubclass(a, BaseModel)]
        known = sections[0] if sections else None
    return list(known.model_fields) if isinstance(known, type) and issubclass(known, BaseModel) else []
