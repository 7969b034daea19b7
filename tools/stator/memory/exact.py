"""Arena packing by an exact solver (OR-tools CP-SAT), from a greedy packing on: a smaller one, or a proof that there is none.

The solver runs in a process of its own, `python -m stator.memory.exact`: in one with TensorFlow its libraries crash.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
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
    done = subprocess.run(
        [sys.executable, "-m", "stator.memory.exact"], input=json.dumps(question), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()[-3:]
        raise ToolError(
            f"the packing solver ended with status {done.returncode}", details=said, remedy="./inv, which completes the environment"
        )
    answer = json.loads(done.stdout)
    if answer is None:
        return found
    best = tuple(int(offset) for offset in answer["offsets"])
    return Packing(best, max((at + b.bytes for at, b in zip(best, blocks, strict=True)), default=0), max(found.bound, answer["bound"]))


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
    json.dump(_answer(json.load(sys.stdin)), sys.stdout)
