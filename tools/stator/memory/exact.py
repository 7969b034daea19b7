"""Arena packing by an exact solver (OR-tools CP-SAT), from a greedy packing on: a smaller one, or a proof that there is none."""

from __future__ import annotations

from collections.abc import Sequence

from stator.memory.pack import Block, Gaps, Packing, gap

EFFORT = 10.0  # the solver's own measure of work, about a second each: the same blocks always get the same offsets


def solve(blocks: Sequence[Block], gaps: Gaps, found: Packing) -> Packing:
    """The best packing that `EFFORT` finds, and the best bound that it proves; `found` where the solver is not installed."""
    try:
        from ortools.sat.python import cp_model  # noqa: PLC0415 (takes a second; most packings do not need it)
    except ImportError:
        return found
    model = cp_model.CpModel()
    units = [model.new_int_var(0, (found.bytes - b.bytes) // b.align, f"block{i}") for i, b in enumerate(blocks)]
    offsets = [unit * block.align for unit, block in zip(units, blocks, strict=True)]
    span = model.new_int_var(found.bound, found.bytes, "span")
    for i, block in enumerate(blocks):
        model.add(offsets[i] + block.bytes <= span)
        model.add_hint(units[i], found.offsets[i] // block.align)
        for j in range(i):
            if block.meets(blocks[j]):
                below = model.new_bool_var(f"{i} below {j}")
                model.add(offsets[i] + gap(blocks, gaps, i, j) <= offsets[j]).only_enforce_if(below)
                model.add(offsets[j] + gap(blocks, gaps, j, i) <= offsets[i]).only_enforce_if(~below)
    model.minimize(span)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return found
    bound = max(found.bound, round(solver.best_objective_bound))
    best = tuple(solver.value(unit) * block.align for unit, block in zip(units, blocks, strict=True))
    return Packing(best, max((at + b.bytes for at, b in zip(best, blocks, strict=True)), default=0), bound)
