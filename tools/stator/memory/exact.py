"""Arena packing by an exact solver (OR-tools CP-SAT), from a greedy packing on: a smaller one, or a proof that there is none.

The solver runs in a process of its own, `python -m stator.memory.exact`: in one with TensorFlow its libraries crash.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

from stator.errors import ToolError
from stator.memory.pack import Block, Gaps, Packing, gap

EFFORT = 10.0  # the solver's own measure of work, about a second each: the same blocks always get the same offsets


def solve(blocks: Sequence[Block], gaps: Gaps, found: Packing) -> Packing:
    """The best packing that `EFFORT` finds, and the best bound that it proves; `found` where the solver is not installed."""
    if find_spec("ortools") is None:
        return found
    meeting = [(i, j) for i in range(len(blocks)) for j in range(i) if blocks[i].meets(blocks[j])]
    question = {
        "bytes": [block.bytes for block in blocks],
        "align": [block.align for block in blocks],
        "offsets": list(found.offsets),
        "span": found.bytes,
        "bound": found.bound,
        "pairs": [(i, j, gap(blocks, gaps, i, j), gap(blocks, gaps, j, i)) for i, j in meeting],
    }
    answer = _ask(question)
    if answer is None:
        return found
    best = tuple(int(offset) for offset in answer["offsets"])
    return Packing(best, max((at + b.bytes for at, b in zip(best, blocks, strict=True)), default=0), max(found.bound, answer["bound"]))


def _ask(question: dict[str, Any]) -> dict[str, Any] | None:
    """Puts a question to the solver's process: a line of JSON there, a line back."""
    process = _process()
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        line = ""
    if not line:
        _process.cache_clear()
        raise ToolError(f"the packing solver ended with status {process.wait()}", remedy="./inv --list, which completes the environment")
    answer: dict[str, Any] | None = json.loads(line)
    return answer


@cache
def _process() -> subprocess.Popen[str]:
    """Started once, since its libraries take a second to load; it ends with this process, and Ctrl-C is this one's."""
    command = [sys.executable, "-m", "stator.memory.exact"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()
    process.wait()


def _answer(question: dict[str, Any]) -> dict[str, Any] | None:
    """Offsets and proven bound, or None where the solver finds no packing in time."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 (takes a second; only the solver's own process needs it)

    sizes, aligns, hints = question["bytes"], question["align"], question["offsets"]
    model = cp_model.CpModel()
    units = [model.new_int_var(0, (question["span"] - s) // a, f"block{i}") for i, (s, a) in enumerate(zip(sizes, aligns, strict=True))]
    offsets = [unit * align for unit, align in zip(units, aligns, strict=True)]
    span = model.new_int_var(question["bound"], question["span"], "span")
    for i, size in enumerate(sizes):
        model.add(offsets[i] + size <= span)
        model.add_hint(units[i], hints[i] // aligns[i])
    for i, j, apart, apart_turned in question["pairs"]:
        below = model.new_bool_var(f"{i} below {j}")
        model.add(offsets[i] + apart <= offsets[j]).only_enforce_if(below)
        model.add(offsets[j] + apart_turned <= offsets[i]).only_enforce_if(~below)
    model.minimize(span)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = EFFORT
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return {
        "offsets": [solver.value(unit) * align for unit, align in zip(units, aligns, strict=True)],
        "bound": round(solver.best_objective_bound),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)
