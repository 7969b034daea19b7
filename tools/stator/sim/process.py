"""A simulator's process: what it writes to its serial file is heard as it comes, and the process always ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from stator.errors import ToolError

_POLL_S = 0.02


def listen(words: list[str], board: str, serial: Path, errors: Path, hear: Callable[[bytes], bool], stall_s: float) -> float:
    """Runs a simulator until `hear`, which gets the bytes of `serial` as they come, returns True, or until it ends by itself.

    Returns the wall-clock seconds. Raises ToolError when it fails before a word was said, or when nothing is said for `stall_s`
    seconds; the process is killed (SIGKILL: a hung DMA model of QEMU's ignores SIGTERM) on every way out.
    """
    serial.touch()
    program = Path(words[0]).name
    started = time.monotonic()
    with running(words, errors) as process, serial.open("rb") as stream:
        last = started
        while True:
            ended = process.poll() is not None  # asked before reading: what it said last is still read
            data = stream.read()
            if data:
                last = time.monotonic()
                if hear(data):
                    break
            elif ended:
                if process.returncode != 0 and stream.tell() == 0:
                    said = errors.read_text(errors="backslashreplace").strip()[:600]
                    raise ToolError(
                        f"{program} ended with status {process.returncode} before the firmware said a word", details=said.splitlines()
                    )
                break
            elif time.monotonic() - last > stall_s:
                raise ToolError(
                    f"the firmware on '{board}' said nothing for {stall_s:g} s, after {stream.tell():,} B",
                    remedy=f"look at it with a debugger: {program} -s -S, or a larger wait if the machine is very busy",
                )
            else:
                time.sleep(_POLL_S)
    return time.monotonic() - started


@contextlib.contextmanager
def running(words: list[str], errors: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A simulator for as long as the block lasts; what it complains of goes to `errors`."""
    keeper = shutil.which("setpriv")  # so that the simulator ends even if this process is killed and cannot end it
    words = [keeper, "--pdeathsig", "KILL", *words] if keeper else words
    with errors.open("wb") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
