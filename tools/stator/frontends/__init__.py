"""Front ends: a model file becomes a Graph. One file per format; a file that is put here is found by its suffixes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from stator.errors import ModelError, StatorError
from stator.ir import Graph

#: The largest file that is read at all. No microcontroller holds a larger model.
MAX_FILE_BYTES = 32 * 1024 * 1024

Reader = Callable[[bytes, str], Graph]


@dataclass(frozen=True, slots=True)
class Seen:
    """An operator of a model file, whether Stator takes it or not: its position, its name in the file, the name of what it writes,
    the element type of what it reads first (as the file calls it, in lower case; empty where it reads nothing), and why Stator does
    not take it."""

    node: int
    op: str
    output: str
    dtype: str
    problem: StatorError | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """All operators of a model file. `problem`: what is wrong with the file as a whole."""

    name: str
    seen: tuple[Seen, ...]
    problem: StatorError | None = None

    @property
    def taken(self) -> bool:
        return self.problem is None and all(seen.problem is None for seen in self.seen)


def _modules() -> dict[str, ModuleType]:
    """suffix -> the module of this folder that reads such files, by `read(data, name)` and `survey(data, name)`."""
    found: dict[str, ModuleType] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        for suffix in module.SUFFIXES:
            found[suffix] = module
    return found


def read(data: bytes, suffix: str, name: str) -> Graph:
    """Reads a model's bytes, as a file of that suffix. Raises ModelError, or UnsupportedOperator."""
    graph: Graph = _modules()[suffix].read(data, name)
    return graph


def surveyed(data: bytes, suffix: str, name: str) -> Survey:
    """Looks at every operator of a model's bytes, as a file of that suffix. Raises ModelError for what is no model file."""
    seen: Survey = _modules()[suffix].survey(data, name)
    return seen


def load(path: Path) -> Graph:
    """Reads a model file. The graph has passed `stator.passes.verify`.

    The file is hostile until proved otherwise. Raises ModelError, or UnsupportedOperator, which names the node.
    """
    module, data = _open(path)
    graph: Graph = module.read(data, path.stem)
    return graph


def survey(path: Path) -> Survey:
    """Looks at every operator of a model file, those that Stator does not take too. Raises ModelError for what is no model file."""
    module, data = _open(path)
    seen: Survey = module.survey(data, path.stem)
    return seen


def _open(path: Path) -> tuple[ModuleType, bytes]:
    """The module that reads such files, and what is in this one."""
    readers = _modules()
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ModelError(
            f"model '{path}': no front end reads '{path.suffix or path.name}' files", remedy=f"one of: {', '.join(sorted(readers))}"
        )
    return reader, contents(path)


def contents(path: Path) -> bytes:
    """A model file's bytes. Raises ModelError for one that cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ModelError(f"model '{path}' cannot be read: {error.strerror or error}", remedy="check the path") from None
    if len(data) > MAX_FILE_BYTES:
        raise ModelError(
            f"model '{path}' is larger than {MAX_FILE_BYTES:,} B",
            remedy="a model for a microcontroller is far smaller; is this the right file?",
        )
    return data
