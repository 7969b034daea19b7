"""--set KEY=VALUE: a board and its tasks as they would be if a file said something else."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from stator.board import Board
from stator.errors import ConfigError
from stator.memory import Tasks
from stator.yamlfile import nearest

_ASSIGNMENT = re.compile(r"\s*([a-z0-9_.]+)\s*=\s*([a-z0-9_.]+)\s*", re.IGNORECASE)


def changed(board: Board, tasks: Tasks, settings: str) -> tuple[Board, Tasks]:
    """`settings`: KEY=VALUE with commas between; a key is a path of names in board.yml, or begins with `tasks.`, of tasks.yml.

    Raises ConfigError.
    """
    whole: dict[str, Any] = {**board.model_dump(), "tasks": tasks.model_dump()["tasks"]}
    for part in filter(None, settings.split(",")):
        found = _ASSIGNMENT.fullmatch(part)
        if found is None:
            raise ConfigError(f"--set {part[:80]}: not KEY=VALUE", remedy="--set interrupts.uart0=1")
        _put(whole, found[1].split("."), found[2], part.strip())
    try:
        kept = tasks.model_copy(update={"tasks": type(tasks).model_validate({**tasks.model_dump(), "tasks": whole.pop("tasks")}).tasks})
        return Board.model_validate(whole), kept
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"--set {settings[:80]}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _put(tree: dict[str, Any], path: list[str], value: str, told: str) -> None:
    for depth, name in enumerate(path):
        if not isinstance(tree, dict) or name not in tree or name in ("name", "folder"):
            known = sorted(tree) if isinstance(tree, dict) else []
            at = ".".join(path[:depth]) or "board.yml"
            raise ConfigError(f"--set {told[:80]}: {at} has no '{name}', {nearest(name, known)}")
        if depth == len(path) - 1:
            if isinstance(tree[name], dict | list | tuple):
                raise ConfigError(
                    f"--set {told[:80]}: '{name}' holds more than one value", remedy=f"one of {', '.join(map(str, tree[name]))}"
                )
            tree[name] = int(value, 0) if re.fullmatch(r"0x[0-9a-fA-F]+|[0-9]+", value) else value
        tree = tree[name]
