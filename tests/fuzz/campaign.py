"""Runs the worker over many files, and goes on after one that it died of."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass

from stator.paths import ROOT

#: How a worker ends, for people.
ENDS = {-signal.SIGPROF: "takes too much processor time", -signal.SIGKILL: "was killed", -signal.SIGSEGV: "crashes the process"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was neither taken nor refused: number `index` of this seed, and how it ended."""

    suffix: str
    seed: int
    index: int
    how: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many files went through, how many of them were taken, and those that should not have ended so."""

    files: int
    taken: int
    found: tuple[Found, ...]


def mutants(suffix: str, seed: int, first: int, count: int) -> Outcome:
    """Gives the importer `count` mutants, from number `first` on."""
    index, whole, found = first, 0, list[Found]()
    while index < first + count:
        words = [sys.executable, "-m", "tests.fuzz.worker", suffix, str(seed), str(index), str(first + count - index)]
        done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if end := re.search(r"^taken (\d+)$", done.stdout, re.M):
            return Outcome(count, whole + int(end[1]), tuple(found))
        numbers = re.findall(r"^\d+$", done.stdout, re.M)
        if not numbers:
            raise RuntimeError(f"the worker did not start:\n{done.stderr[-2000:]}")
        index = int(numbers[-1])
        how = ENDS.get(done.returncode) or "\n".join(done.stderr.strip().splitlines()[-12:])
        found.append(Found(suffix, seed, index, how))
        index += 1
    return Outcome(count, whole, tuple(found))


def environment() -> dict[str, str]:
    """Of a worker: one thread, so that its memory is the importer's, and our packages."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tools"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
