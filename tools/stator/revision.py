"""Another revision of this checkout, for comparisons: its files in a folder of their own, and its bench run from there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile

from stator.build import locked
from stator.compare import Result, read
from stator.data.archives import data_folder
from stator.errors import ConfigError, ToolError
from stator.paths import ROOT
from stator.progress import status

FOLDER = ROOT / "build" / "revisions"


def bench(revision: str, models: str, board: str) -> list[Result]:
    """What `bench` of that revision measures. Raises ConfigError where git does not know it, ToolError where it cannot be run."""
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    if not commit:
        raise ConfigError(
            f"'{revision[:60]}' is no kernel set, no JSON file and no revision of git", remedy="such as c, before.json or HEAD~1"
        )
    folder = FOLDER / commit[:12]
    with locked(FOLDER):
        if not folder.is_dir():
            fresh = folder.with_suffix(".new")
            with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as tar:
                tar.extractall(fresh, filter="data")
            fresh.replace(folder)
    target = folder / "bench.json"
    target.unlink(missing_ok=True)
    words = ["bench", "--models", models, *(["--board", board] if board else []), "--json", str(target)]
    environment = os.environ | {"PYTHONPATH": str(folder / "tools"), "STATOR_DATA": str(data_folder())}
    with status(f"benching {revision} ({commit[:12]})"):
        done = subprocess.run(
            [sys.executable, "-m", "stator", *words], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
        )
    if not target.is_file():
        raise ToolError(f"the bench of {revision} failed", details=done.stderr.splitlines()[-6:])
    return read(target)


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False, stdin=subprocess.DEVNULL).stdout
