"""Emission: a memory plan becomes the text of files. Emitters only print; everything is decided before."""

from __future__ import annotations

from stator.dsp import Quantizer, emit_config
from stator.emit.facts import facts, layers, memory_json
from stator.emit.files import write
from stator.emit.health import health_config
from stator.emit.linker import plan_memory, plan_sections
from stator.emit.memory import memory_header, memory_source
from stator.emit.model import header, source
from stator.emit.select import model_select
from stator.memory import MemoryPlan

__all__ = ["emit", "facts", "layers", "write"]


def emit(plan: MemoryPlan) -> dict[str, str]:
    """File name -> text of everything that is generated. The same plan gives the same bytes."""
    from stator.emit.picture import memory_svg  # noqa: PLC0415 (slow to load, and only this needs it)

    name, spec = plan.spec.c_name, plan.spec
    files = {
        f"{name}.h": header(plan),
        f"{name}.c": source(plan),
        "model_select.h": model_select(plan),
        "memory_plan.h": memory_header(plan),
        "memory_plan.c": memory_source(plan),
        "plan_memory.ld": plan_memory(plan),
        "plan_sections.ld": plan_sections(plan),
        "memory_plan.json": memory_json(plan),
        "memory_plan.svg": memory_svg(plan),
    }
    quant = plan.schedule.graph.tensors[plan.schedule.graph.inputs[0]].type.quant
    if spec.features is not None and quant is not None:
        files |= emit_config(spec.features, Quantizer.of(quant.scale, quant.zero_point))
    if spec.streams:
        files["health_config.c"] = health_config(plan)
    return files
