"""A run against the analysis: nothing that was observed may have taken longer than its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from stator.board import Board
from stator.build import Image
from stator.measure.elf import Elf
from stator.measure.replay import Stage
from stator.timing.rules import wrong_priorities, wrong_tasks
from stator.timing.system import Measured, Rate, analyse, costs


@dataclass(frozen=True, slots=True)
class Bounds:
    """Instructions from the half's interrupt to the feature task and to the decision, as the analysis bounds them; what is wrong."""

    handover: int | None
    decision: int | None
    problems: tuple[str, ...]

    def fields(self) -> dict[str, object]:
        return {"handover_bound_instructions": self.handover, "instructions_bound": self.decision}


def bounds(image: Image, elf: Elf, board: Board, parts: Sequence[Stage]) -> Bounds | None:
    """None for an image without FreeRTOS, a board that says nothing of its interrupts, or a simulator that counts no instructions.

    `board`: as it was simulated. At the simulator's own rate of instructions, so that the telemetry's interrupts come as often as there;
    features and inference as this run measured them, so what is checked is all that holds them up.
    """
    simulator = board.simulator
    if image.rtos != "freertos" or board.timing is None or simulator is None or image.plan.tasks is None:
        return None
    if simulator.kind == "renode":
        rate = Rate(float(board.clock_hz))  # an instruction takes one clock there
    elif simulator.icount_shift is not None:
        rate = Rate(1e9 / (1 << simulator.icount_shift))
    else:
        return None
    by_name = {p.name: p for p in parts}
    measured = Measured(
        features=by_name["features"].worst,
        inference=by_name["inference"].worst,
        hand_on=by_name["hand-on and decision"].worst,
        least_handover=by_name["interrupt to task"].least,
        whole=by_name["whole"].worst,
        source=simulator.kind,
        where=board.name,
    )
    found = analyse(board, image.plan, image.plan.tasks, costs(board, image.plan, elf), measured, rate, margin=1.0)
    problems = [*wrong_priorities(board), *wrong_tasks(image.plan.tasks), *found.reasons()]
    step = -(-(board.instructions_per_count or Fraction(1)) // 1)  # what one unit of the counter can add
    limits = []
    for name, limit_ns in (("interrupt to task", found.handover_ns), ("whole", found.decision_ns)):
        limit = None if limit_ns is None else int(limit_ns * rate.per_second / 1e9)
        limits.append(limit)
        if limit is not None and by_name[name].worst > limit + step:
            problems.append(
                f"{name}: {by_name[name].worst:,} instructions were observed, and the analysis says {limit:,} at most: it is wrong"
            )
    return Bounds(limits[0], limits[1], tuple(problems))
