"""The process that the files are read in: SUFFIX SEED FIRST COUNT. It dies of a file that takes more than it may.

Says each file's number before it is read, and at the end how many were taken. A file that makes the importer raise anything but a
ModelError ends the process with that traceback.
"""

from __future__ import annotations

import re
import resource
import signal
import sys
from pathlib import Path

from tests.fuzz.mutants import mutant, seeds
from tests.fuzz.target import MEMORY_BYTES, SECONDS, taken


def bounded(seconds: float = SECONDS, memory: int = MEMORY_BYTES) -> None:
    """From now on memory is bounded, and until the next call processor time."""
    held = int(re.findall(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[0]) * 1024
    if resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_DATA, (held + memory, held + memory))
    signal.setitimer(signal.ITIMER_PROF, seconds)


def main(suffix: str, seed: int, first: int, count: int) -> None:
    for data in seeds(suffix)[-2:]:  # imports what is imported late
        taken(suffix, data)
    whole = 0
    for index in range(first, first + count):
        data = mutant(suffix, seed, index)
        print(index, flush=True)
        bounded()
        whole += taken(suffix, data)
    print(f"taken {whole}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
