"""Scenarios: the Robot Framework suites of tests/sim, on a board of QEMU or of Renode. Their keywords: tests/sim/keywords.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board, boards_that
from stator.errors import ConfigError, ToolError
from stator.paths import ROOT
from stator.sim import simulator
from stator.yamlfile import nearest

FOLDER = ROOT / "tests" / "sim"
RESULTS = ROOT / "build" / "test" / "robot"
QEMU_BOARDS = ("mps2_an505", "qemu_rv32")  # one of each kind of core; the scenarios take a minute on each


@dataclass(frozen=True, slots=True)
class Outcome:
    """One suite, or all of them, on one board. `failures` are `test: why`."""

    passed: int
    failed: int
    skipped: int
    failures: tuple[str, ...]
    seconds: float

    @property
    def said(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def names() -> tuple[str, ...]:
    """What `--scenario` takes."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.robot")))


def find(scenario: str) -> Path:
    """The suite of this name. Raises ConfigError."""
    if scenario not in names():
        raise ConfigError(f"there is no scenario '{scenario}', {nearest(scenario, names())}", remedy=f"one of {', '.join(names())}")
    return FOLDER / f"{scenario}.robot"


def boards(kind: str) -> tuple[str, ...]:
    """The boards that scenarios are run on by `invoke test`, of one kind of simulator."""
    if kind == "qemu":
        return QEMU_BOARDS
    return boards_that(lambda board: board.simulator is not None and board.simulator.kind == kind)


def renode_found() -> bool:
    """Whether this machine has Renode as its users install it."""
    return shutil.which("renode") is not None and shutil.which("renode-test") is not None


def run(board: Board, suites: list[Path], *, live: bool) -> Outcome:
    """Runs suites on a board. `live`: shows what the firmware says as it says it. Raises ToolError where the board cannot be simulated."""
    if board.simulator is None or board.simulator.kind not in ("qemu", "renode"):
        raise ToolError(f"scenarios do not run on board '{board.name}'", remedy=f"one of {', '.join((*boards('qemu'), *boards('renode')))}")
    simulator.version(board)
    folder = RESULTS / board.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = [sys.executable, "-m", "robot", "--pythonpath", str(ROOT), "--variable", f"BOARD:{board.name}"]
    words += ["--outputdir", str(folder), "--consolecolors", "off", *map(str, suites)]
    environment = {**os.environ, **({"STATOR_LIVE": "1"} if live else {})}
    started = time.monotonic()
    done = subprocess.run(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=not live, text=True, check=False)
    output = folder / "output.xml"
    if not output.is_file():
        raise ToolError(f"robot ended with status {done.returncode} and no results", details=str(done.stderr or "").splitlines()[-5:])
    return _outcome(output, time.monotonic() - started)


def _outcome(output: Path, seconds: float) -> Outcome:
    from robot.api import ExecutionResult  # noqa: PLC0415  (slow to import, and only this needs it)

    result = ExecutionResult(str(output))
    total = result.statistics.total
    failures = tuple(f"{test.name}: {test.message}" for test in result.suite.all_tests if test.failed)
    return Outcome(total.passed, total.failed, total.skipped, failures, round(seconds, 1))
