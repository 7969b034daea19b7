"""`health_config.c`: the known answer of the model, and the limits of model.yml's `health`. See firmware/include/stator/health.h."""

from __future__ import annotations

import numpy as np

from stator.emit import c
from stator.emit.model import state_of
from stator.ir import TensorType
from stator.memory import MemoryPlan
from stator.memory.plan import ARENA_ALIGN
from stator.ops import Array, run_reference

STUCK_RANGE, FAR_OFFSET = 2, 1 << 14
"""Without `health` in model.yml: samples that do not move at all are stuck, and no offset is too far."""


def known_past(plan: MemoryPlan) -> tuple[Array, dict[int, Array]]:
    """The model's input, and its state by variable, as firmware/app/monitor.c draws them: a linear congruential generator's upper bytes,
    first the state's."""
    graph, schedule = plan.schedule.graph, plan.schedule
    _, bytes_of_state = state_of(plan)
    given = graph.tensors[graph.inputs[0]].type
    drawn, values = 1, []
    for _ in range(bytes_of_state + given.bytes):
        drawn = (drawn * 1664525 + 1013904223) & 0xFFFF_FFFF
        values.append(drawn >> 24)
    memory = np.array(values, np.uint8)
    state = {v.index: _at(memory, schedule.within[v.index], v.type) for v in graph.variables()}
    return _at(memory, bytes_of_state, given), state


def _at(memory: Array, offset: int, kind: TensorType) -> Array:
    return memory[offset : offset + kind.bytes].copy().view(kind.dtype.numpy).reshape(kind.shape)


def health_config(plan: MemoryPlan) -> str:
    """The file's text."""
    graph, health = plan.schedule.graph, plan.spec.health
    given, state = known_past(plan)
    tensors = run_reference(graph, [given], state)
    answer = np.concatenate([tensors[index].reshape(-1) for index in graph.outputs[:2]])
    tables = _table("int8_t", "answer", answer.tolist())
    if plan.lent is not None:  # nobody may write there: the question is a table, too
        tables += _table("int16_t", "stator_health_question", given.reshape(-1).tolist()).replace("static ", f"_Alignas({ARENA_ALIGN}) ", 1)
    fields: dict[str, object] = {"answer": "answer"}
    if health is not None:
        tables += _table("int8_t", "centre", health.centre) + _table("uint8_t", "weight", health.weight)
        fields |= {"centre": "centre", "weight": "weight", "columns": len(health.centre)}
        names = ["usual", "drift_limit", "doubt_limit", "least_range", "offset", "confidence"]
        features = plan.spec.features
        if features is not None and features.envelope_hz:
            names += ["flat_limit", "steady_limit", "flattest"]
            fields |= {"bands": f"{features.spectrum_bands}u", "envelope": f"{len(features.lines) + 1}u", "steadiest": health.steadiest}
        fields |= {name: f"{getattr(health, name)}u" for name in names}
    else:
        fields |= {"least_range": f"{STUCK_RANGE}u", "offset": f"{FAR_OFFSET}u"}
    text = c.comment(c.banner(plan, "health_config.c: what the self-test and the monitors of drift compare with."))
    lines = "".join(f"    .{name} = {value},\n" for name, value in fields.items())
    return f"""{text}#include "stator/health.h"

{tables}const struct stator_health_config stator_health_config = {{
{lines}}};
"""


def _table(kind: str, name: str, values: list[int] | tuple[int, ...]) -> str:
    rows = [", ".join(map(str, values[i : i + 16])) for i in range(0, len(values), 16)]
    return f"static const {kind} {name}[{len(values)}] = {{\n    {(',' + chr(10) + '    ').join(rows)}}};\n\n"
