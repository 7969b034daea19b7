"""test: everything that can be checked on this machine, from style to simulated boards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from stator.board import load_board
from stator.errors import StatorError, ToolError
from stator.sim import renode, scenarios
from stator.verb import ROOT, Results, console, status, verb

JUNIT = ROOT / "build" / "test" / "junit.xml"
SIMULATORS = ("all", "qemu", "renode")


@verb(
    help={
        "fast": "only what takes under two minutes: no image is built, nothing is simulated",
        "sim": "simulators to use: all, qemu or renode",
    },
    examples=["test", "test --fast", "test --sim qemu"],
)
def test(fast: bool = False, sim: str = "all") -> Results:
    """Checks style and types, then runs all tests; a summary and the failures are printed, JUnit goes to build/test/junit.xml."""
    if sim not in SIMULATORS:
        raise StatorError(f"there is no simulator '{sim}'", remedy=f"one of {', '.join(SIMULATORS)}")
    kinds = [] if fast else _kinds(sim)
    suites = [
        _quiet("ruff", [*_python("ruff"), "check", "."]),
        _quiet("ruff format", [*_python("ruff"), "format", "--check", "."]),
        _quiet("mypy", [*_python("mypy")]),
        _quiet("clang-format", [str(Path(sys.executable).with_name("clang-format")), "--dry-run", "-Werror", *_tracked("*.c", "*.h")]),
    ]
    use_qemu = not fast and sim != "renode"
    left_out = [word for word, leave in (("slow", fast), ("sim", not use_qemu)) if leave]
    suites.append(_pytest(left_out))
    suites += [_scenarios(kind, board) for kind in kinds for board in scenarios.boards(kind)]
    _summary(suites)
    return suites


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _tracked(*patterns: str) -> list[str]:
    """The project's own files of a kind, as git knows them; new ones that are not ignored included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        raise ToolError("git cannot list the project's files", details=listed.stderr.splitlines()[:5], remedy="run this in a git clone")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def _quiet(name: str, command: list[str]) -> dict[str, object]:
    """Runs a checker; what it says is printed only if it objects."""
    started = time.monotonic()
    with status(name):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        console.print((done.stdout + done.stderr).rstrip())
    last = (done.stdout.strip().splitlines() or [""])[-1]
    return _suite(name, done.returncode == 0, started, last if done.returncode else "")


def _pytest(left_out: Iterable[str]) -> dict[str, object]:
    """Runs pytest with its output passed on as it comes."""
    JUNIT.parent.mkdir(parents=True, exist_ok=True)
    marks = " and ".join(f"not {word}" for word in left_out)
    parallel = ["-n", "auto", "--dist", "loadfile"]  # the tests of one file may build on each other: they share a process
    command = [
        *_python("pytest"),
        *parallel,
        f"--junitxml={JUNIT}",
        f"--color={'yes' if console.is_terminal else 'no'}",
        *(["-m", marks] if marks else []),
    ]
    started = time.monotonic()
    tail = b""
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        while chunk := os.read(process.stdout.fileno(), 65536):
            sys.stdout.write(chunk.decode("utf-8", "replace"))
            sys.stdout.flush()
            tail = (tail + chunk)[-4096:]
    closing = (tail.decode("utf-8", "replace").strip().splitlines() or ["no output"])[-1]
    closing = re.sub(r"\x1b\[[0-9;]*m", "", closing).strip("= ")
    return _suite("pytest", process.returncode == 0, started, closing)


def _kinds(sim: str) -> list[str]:
    """The simulators whose scenarios run. Raises ToolError where Renode was asked for and is missing; says so where it is left out."""
    kinds = [kind for kind in ("qemu", "renode") if sim in ("all", kind)]
    if "renode" in kinds and not scenarios.renode_found():
        if sim == "renode":
            raise ToolError("skipped: renode-test not found", remedy=f"{renode.REMEDY}; or invoke test --sim qemu")
        console.print("Renode's scenarios are skipped: renode-test not found")
        kinds.remove("renode")
    return kinds


def _scenarios(kind: str, board: str) -> dict[str, object]:
    """All scenarios on one board."""
    name, started = f"scenarios on {board}, {kind}", time.monotonic()
    with status(name):
        done = scenarios.run(load_board(board), [scenarios.find(one) for one in scenarios.names()], live=False)
    for failure in done.failures:
        console.print(failure, markup=False)
    return _suite(name, not done.failed, started, done.said)


def _suite(name: str, passed: bool, started: float, said: str) -> dict[str, object]:
    reasons = [] if passed else [said or f"{name} failed"]
    return {
        "suite": name,
        "verdict": "pass" if passed else "fail",
        "reasons": reasons,
        "seconds": round(time.monotonic() - started, 1),
        "said": said,
    }


def _summary(suites: list[dict[str, object]]) -> None:
    table = Table("suite", "verdict", "seconds", "")
    for suite in suites:
        table.add_row(str(suite["suite"]), str(suite["verdict"]), str(suite["seconds"]), str(suite["said"]))
    console.print(table)
