"""Where the recordings are: the folder STATOR_DATA names, or ../shared/data, with archives or what was unpacked from them.

An archive is unpacked once, into the user's cache folder; a half-unpacked one is never seen.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from stator.errors import SignalError
from stator.paths import ROOT
from stator.progress import status

MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_MEMBERS = 10_000


def data_folder() -> Path:
    """The folder of the archives, whether it exists or not."""
    named = os.environ.get("STATOR_DATA", "")
    return Path(named).expanduser() if named else ROOT / "../shared/data"


def cache_folder() -> Path:
    """Where Stator keeps what it can make again."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "stator"


def available(name: str) -> bool:
    """Whether the set `name` (such as "cwru") is at hand."""
    folder = data_folder()
    return (folder / name).is_dir() or (folder / f"{name}.tar.xz").is_file()


def unpacked(name: str) -> Path:
    """The folder of the set `name`, unpacked on first use. Raises SignalError."""
    folder = data_folder()
    if (folder / name).is_dir():
        return folder / name
    archive = folder / f"{name}.tar.xz"
    if not archive.is_file():
        raise SignalError(
            f"no recordings '{name}': neither {name}/ nor {name}.tar.xz in {folder}",
            remedy="set STATOR_DATA to the folder that holds them, or use the signal 'synthetic'",
        )
    stat = archive.stat()
    identity = hashlib.sha256(f"{archive.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    target = cache_folder() / "data" / f"{name}-{identity}"
    if not target.is_dir():
        _unpack(archive, target)
    inner = target / name
    if not inner.is_dir():
        raise SignalError(f"{archive} holds no folder '{name}'", remedy="the archive is not the one that the data's description names")
    return inner


def _unpack(archive: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise SignalError(
            f"cannot write to the cache folder: {error}", remedy="set XDG_CACHE_HOME to a folder that can be written"
        ) from None
    try:
        with status(f"unpacking {archive.name}"), tarfile.open(archive) as tar:
            members = tar.getmembers()
            if len(members) > MAX_MEMBERS or sum(m.size for m in members) > MAX_UNPACKED_BYTES:
                raise SignalError(f"{archive}: too large to be a set of recordings", remedy="at most 2 GiB in 10,000 files")
            for member in members:
                _extract(tar, member, beside)
        try:
            beside.rename(target)
        except OSError:
            if not target.is_dir():  # otherwise somebody else has just done the same
                raise
    except (OSError, tarfile.TarError, EOFError) as error:
        raise SignalError(f"{archive}: cannot be unpacked: {error}", remedy="fetch the archive again") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Writes one member below `folder`: plain files and folders only. (`extractall(filter=...)` came with Python 3.11.4.)"""
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
        raise tarfile.ExtractError(f"'{member.name}' is no plain file inside the archive")
    goal = folder / name
    (goal if member.isdir() else goal.parent).mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    if content is not None:
        with content, goal.open("wb") as file:
            shutil.copyfileobj(content, file)
