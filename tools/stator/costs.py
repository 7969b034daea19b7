"""Instructions that a layer will take, predicted from what its kernel took before: `costs.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from stator.ir import Graph
from stator.schedule import Step
from stator.yamlfile import Section, read

Amount = Annotated[float, Field(ge=0, le=1e6)]
MODEL = "a line per kernel, fitted to QEMU runs (tools/stator/costs.yml)"


class Cost(Section):
    """Instructions per multiply-accumulate, per element written, per element read, and once."""

    per_mac: Amount = 0.0
    per_output: Amount = 0.0
    per_input: Amount = 0.0
    fixed: Amount = 0.0


class Costs(Section):
    """Costs by ISA and kernel; `any` is for kernels that were not measured."""

    arm: dict[str, Cost]
    riscv: dict[str, Cost]


@cache
def _costs() -> Costs:
    return read(Path(__file__).with_name("costs.yml"), Costs)


def predicted(graph: Graph, step: Step, isa: str) -> tuple[int | None, bool]:
    """Instructions of one layer, and whether its kernel was measured; None where no ISA is known (the host)."""
    known: dict[str, Cost] | None = getattr(_costs(), isa, None)
    if known is None:
        return None, False
    measured = step.kernel.name in known
    cost = known[step.kernel.name if measured else "any"]
    written, read_ = (sum(graph.tensors[i].type.elements for i in tensors) for tensors in (step.call.outputs, step.call.inputs))
    return round(cost.per_mac * step.macs + cost.per_output * written + cost.per_input * read_ + cost.fixed), measured
