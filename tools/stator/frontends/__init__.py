"""Front ends: a model file becomes a Graph. One file per format; a file that is put here is found by its suffixes."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from stator.errors import ModelError
from stator.ir import Graph

#: The largest file that is read at all. No microcontroller holds a larger model.
MAX_FILE_BYTES = 32 * 1024 * 1024

Reader = Callable[[bytes, str], Graph]


def _readers() -> dict[str, Reader]:
    """suffix -> read(data, name), from the modules of this folder."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for suffix in module.SUFFIXES:
            found[suffix] = module.read
    return found


def load(path: Path) -> Graph:
    """Reads a model file. The graph has passed `stator.passes.verify`.

    The file is hostile until proved otherwise. Raises ModelError, or UnsupportedOperator, which names the node.
    """
    readers = _readers()
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ModelError(
            f"model '{path}': no front end reads '{path.suffix or path.name}' files", remedy=f"one of: {', '.join(sorted(readers))}"
        )
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
    return reader(data, path.stem)
