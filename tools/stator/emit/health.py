"""`health_config.c`: the known answer of the model, and the limits of model.yml's `health`. See firmware/include/stator/health.h."""

from __future__ import annotations

import numpy as np

from stator.emit import c
from stator.ir import Graph
from stator.memory import MemoryPlan
from stator.ops import Array, run_reference

STUCK_RANGE, FAR_OFFSET = 2, 1 << 14
"""Without `health` in model.yml: samples that do not move at all are stuck, and no offset is too far."""


def known_input(graph: Graph) -> Array:
    """The numbers that firmware/app/monitor.c draws: a linear congruential generator's upper bytes."""
    shape = graph.tensors[graph.inputs[0]].type.shape
    drawn, values = 1, []
    for _ in range(int(np.prod(shape))):
        drawn = (drawn * 1664525 + 1013904223) & 0xFFFF_FFFF
        values.append(drawn >> 24)
    return np.array(values, np.uint8).view(np.int8).reshape(shape)


def health_config(plan: MemoryPlan) -> str:
    """The file's text."""
    graph, health = plan.schedule.graph, plan.spec.health
    tensors = run_reference(graph, [known_input(graph)])
    answer = np.concatenate([tensors[index].reshape(-1) for index in graph.outputs[:2]])
    tables = _table("int8_t", "answer", answer.tolist())
    fields: dict[str, object] = {"answer": "answer"}
    if health is not None:
        tables += _table("int8_t", "centre", health.centre) + _table("uint8_t", "weight", health.weight)
        fields |= {"centre": "centre", "weight": "weight", "columns": len(health.centre)}
        names = ("usual", "drift_limit", "doubt_limit", "least_range", "offset", "confidence")
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
