"""Plugins of QEMU's, in C beside their Python: compiled for this machine when they are first asked for, and kept in the user's cache."""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from stator.build import locked
from stator.data.archives import cache_folder
from stator.errors import ToolError
from stator.sim import qemu

NEWEST = 8  # QEMU 9 speaks another version of the interface
_FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden")


@functools.cache
def possible(program: str) -> bool:
    """Whether this QEMU takes plugins, and a compiler is here to make them."""
    version = re.search(r"version (\d+)\.", qemu.version(program))
    help_ = subprocess.run([program, "-help"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
    return version is not None and int(version[1]) <= NEWEST and "-plugin" in help_ and shutil.which("cc") is not None


def compiled(source: Path) -> Path:
    """The plugin made of `source`. Raises ToolError where it cannot be made."""
    identity = hashlib.sha256("\0".join(_FLAGS).encode() + source.read_bytes()).hexdigest()[:12]
    made = cache_folder() / "qemu" / f"{source.stem.removesuffix('_plugin')}-{identity}.so"
    with locked(made.parent):
        if not made.is_file():
            fresh = made.with_suffix(".new")
            done = subprocess.run(["cc", *_FLAGS, str(source), "-o", str(fresh)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise ToolError("QEMU's plugin could not be compiled", details=done.stderr.splitlines()[:6])
            fresh.replace(made)
    return made
