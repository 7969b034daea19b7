"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stator.errors import StatorError


def write_bytes(file: Path, data: bytes) -> None:
    """Writes `data` to a temporary file beside, which then takes the place of `file`. Raises StatorError."""
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as scratch:
            scratch.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(scratch.name).chmod(0o666 & ~mask)
        Path(scratch.name).replace(file)
    except OSError as error:
        raise StatorError(f"cannot write {file}: {error.strerror}", remedy="another folder, or free some space") from None
