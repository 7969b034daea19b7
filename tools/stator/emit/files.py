"""Writing what was emitted: everything or nothing, and a file whose text did not change keeps its time."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from stator.errors import StatorError


def write(files: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """Makes `folder` hold exactly `files`; returns the names of those whose text changed.

    The files are written to a temporary folder beside it, which then takes its place. A folder that holds anything else is
    left alone: StatorError.
    """
    folder = folder.resolve()
    try:
        _refuse_strangers(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise StatorError(f"cannot write to {folder}: {error.strerror}", remedy="another folder by --out") from None
    try:
        changed = []
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
            old = folder / name
            if old.is_file() and old.read_bytes() == text.encode():
                stat = old.stat()
                os.utime(fresh / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            else:
                changed.append(name)
        (fresh / MARK).touch()
        fresh.chmod(0o755)
        if folder.is_dir():
            shutil.rmtree(folder)
        fresh.replace(folder)
    except OSError as error:
        raise StatorError(f"cannot write to {folder}: {error.strerror}", remedy="free some space, or another folder by --out") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return tuple(changed)


MARK = ".stator-generated"


def _refuse_strangers(folder: Path) -> None:
    """A folder that Stator did not make is not replaced, unless it is empty."""
    if folder.exists() and not folder.is_dir():
        raise StatorError(f"{folder} is not a folder", remedy="another name by --out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise StatorError(f"{folder} holds files that Stator did not make", remedy="an empty or new folder by --out")
