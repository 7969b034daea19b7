"""`plan_memory.ld` and `plan_sections.ld`: what a linker script includes so that every planned array lies where the plan says.

A linker script says `INCLUDE plan_memory.ld` at its top level, and `INCLUDE plan_sections.ld` inside SECTIONS before anything else
that goes to RAM. STATOR_FLASH and STATOR_RAM name the first region of each kind, STATOR_LAST_FLASH the last, which may be the same.
"""

from __future__ import annotations

from stator.emit import c
from stator.memory import MemoryPlan

ATTRIBUTES = {"flash": "rx", "ram": "rwx"}


def plan_memory(plan: MemoryPlan) -> str:
    regions = plan.board.memory
    width = max(len(name) for name in regions)
    lines = "".join(
        f"    {name:<{width}} ({ATTRIBUTES[r.kind]}) : ORIGIN = {r.at:#010x}, LENGTH = {r.bytes}\n" for name, r in regions.items()
    )
    first = {kind: next(name for name, r in regions.items() if r.kind == kind) for kind in ("flash", "ram")}
    last = next(name for name, r in reversed(regions.items()) if r.kind == "flash")
    return f"""{c.comment(c.banner(plan, f"plan_memory.ld: the memory of board '{plan.board.name}'."))}MEMORY
{{
{lines}}}
REGION_ALIAS("STATOR_FLASH", {first["flash"]})
REGION_ALIAS("STATOR_RAM", {first["ram"]})
REGION_ALIAS("STATOR_LAST_FLASH", {last})
"""


def plan_sections(plan: MemoryPlan) -> str:
    width = max(len(item.section) for item in plan.items)
    lines = "".join(
        f"{item.section:<{width}} {item.address:#010x} (NOLOAD) : {{ KEEP(*({item.section})) }} > {item.region}\n" for item in plan.items
    )
    stacks = "".join(f"{item.need.symbol}_top = {item.end:#010x};\n" for item in plan.of("stack"))
    return c.comment(c.banner(plan, "plan_sections.ld: the planned arrays at their addresses. Included inside SECTIONS.")) + lines + stacks
