"""`memory_plan.json`: the plan for programs."""

from __future__ import annotations

import json

from stator import __version__
from stator.emit import c
from stator.memory import MemoryPlan


def memory_json(plan: MemoryPlan) -> str:
    return json.dumps(facts(plan), indent=2) + "\n"


def facts(plan: MemoryPlan) -> dict[str, object]:
    """The plan as plain data. Addresses, offsets and sizes are bytes; steps count from 0."""
    schedule = plan.schedule
    out: dict[str, object] = {
        "stator": __version__,
        "command": c.command(plan),
        "model": plan.spec.name,
        "sha256": schedule.graph.sha256,
        "board": plan.board.name,
        "optimize": schedule.selection,
        "arena_bytes": plan.arena_bytes,
        "arena_bound_bytes": plan.arena_bound_bytes,
        "weights_bytes": schedule.weights_bytes,
        "macs": schedule.macs,
        "layers": layers(plan),
        "buffers": [
            {
                "name": b.name,
                "region": plan.bank(at).region,
                "offset": at,
                "bytes": b.bytes,
                "first": b.first,
                "last": b.last,
                "tensors": list(b.tensors),
            }
            for b, at in zip(schedule.buffers, plan.offsets, strict=True)
        ],
        "banks": [{"symbol": b.symbol, "region": b.region, "offset": b.offset, "bytes": b.bytes} for b in plan.banks],
        "regions": [
            {
                "name": name,
                "address": r.at,
                "bytes": r.bytes,
                "kind": r.kind,
                "dma": r.dma,
                "wait_states": r.wait_states,
                "planned_bytes": r.bytes - plan.free_bytes(name),
            }
            for name, r in plan.board.memory.items()
        ],
        "items": [
            {
                "symbol": i.need.symbol,
                "kind": i.need.kind,
                "what": i.need.what,
                "section": i.section,
                "region": i.region,
                "address": i.address,
                "bytes": i.need.bytes,
                "align": i.need.align,
            }
            for i in plan.items
        ],
    }
    if plan.sampling is not None:
        s = plan.sampling
        out["sampling"] = {
            "clock_hz": s.clock_hz,
            "divider": s.divider,
            "divides": "block" if s.block else "sample",
            "half_ticks": s.half_ticks,
            "target_hz": s.target_hz,
            "sample_hz": float(s.hz),
            "error_ppm": round(s.error_ppm, 3),
        }
    return out


def layers(plan: MemoryPlan) -> list[dict[str, object]]:
    """Per layer: name, op, kernel and why this one, macs, bytes of its tables, and why preferred kernels do not take it."""
    schedule = plan.schedule
    return [
        {
            "name": c.plain(schedule.graph.tensors[step.call.outputs[0]].name),
            "op": step.node.op.name,
            "kernel": step.kernel.symbol,
            "macs": step.macs,
            "bytes": sum(constant.bytes for constant in step.call.constants),
            **({"why": step.choice.why} if step.choice.why else {}),
            **({"passed_over": dict(step.choice.passed_over)} if step.choice.passed_over else {}),
        }
        for step in schedule.steps
    ]
