"""`memory_plan.h` and `memory_plan.c`: every planned array, its size, and the numbers of the sampling chain."""

from __future__ import annotations

from stator import __version__
from stator.emit import c
from stator.memory import Item, MemoryPlan


def memory_header(plan: MemoryPlan) -> str:
    identity = {
        "STATOR_VERSION": f'"{__version__}"',
        "STATOR_BOARD_NAME": f'"{plan.board.name}"',
        "STATOR_COUNTER_HZ": f"{plan.board.counter.hz}u",
        "STATOR_ARENA_BYTES": f"{plan.arena_bytes}u",
    }
    blocks = [c.defines(identity)]
    levels = {f"STATOR_PRIORITY_{name.upper()}": f"{priority}u" for name, priority in plan.board.interrupts.items()}
    if plan.board.timing is not None:
        levels["STATOR_TELEMETRY_BAUD"] = f"{plan.board.timing.baud}u"
    if levels:
        blocks.append(c.comment("Interrupts, from board.yml.") + c.defines(levels))
    if plan.sampling is not None:
        s, sensor = plan.sampling, plan.board.sensor
        about = f"{s.clock_hz:,} Hz / {s.divider:,} per {'half' if s.block else 'sample'}: {float(s.hz):,.3f} Hz, {s.error_ppm:+.1f} ppm."
        blocks.append(
            c.comment(f"Sampling: {about}")
            + c.defines(
                {
                    "STATOR_SAMPLE_CLOCK_HZ": f"{s.clock_hz}u",
                    "STATOR_SAMPLE_DIVIDER": f"{s.divider}u",
                    "STATOR_SAMPLE_LEAST": f"({-(1 << (sensor.bits - 1)) if sensor.signed else 0})",
                    "STATOR_SAMPLE_MOST": str((1 << (sensor.bits - sensor.signed)) - 1),
                    "STATOR_SAMPLE_BLOCK": str(int(s.block)),
                    "STATOR_HALF_TICKS": f"{s.half_ticks}u",
                    "STATOR_SAMPLE_HZ_MILLI": f"{s.hz_milli}u",
                    "STATOR_SAMPLE_ERROR_PPM": f"({round(s.error_ppm)})",
                }
            )
        )
    if plan.tasks is not None and plan.spec.window is not None:
        blocks.append(c.comment("Tasks, queues and buffers, from firmware/app/tasks.yml and the model.") + c.defines(_sizes(plan)))
    arrays = "".join(f"extern {_declaration(item)};\n" for item in plan.items)
    text = c.comment(c.banner(plan, "memory_plan.h: the RAM of the image, planned before it was compiled."))
    return f"""{text}#ifndef STATOR_MEMORY_PLAN_H
#define STATOR_MEMORY_PLAN_H

#include <stdint.h>

{chr(10).join(blocks)}
/* Nothing clears these at start-up. */
{arrays}
#endif
"""


def memory_source(plan: MemoryPlan) -> str:
    text = c.comment(c.banner(plan, "memory_plan.c: the planned arrays, each in the section that plan_sections.ld puts at its address."))
    arrays = "".join(
        f"\n/* {item.need.what}: {item.address:#010x} in {item.region} */\n{_declaration(item)} "
        f'__attribute__((section("{item.section}"), aligned({item.need.align})));\n'
        for item in plan.items
    )
    return f'{text}#include "memory_plan.h"\n{arrays}'


def _declaration(item: Item) -> str:
    return f"{item.need.ctype} {item.need.symbol}[{item.elements}]"


def _sizes(plan: MemoryPlan) -> dict[str, str]:
    tasks = plan.tasks
    assert tasks is not None
    out = {"STATOR_MAIN_STACK_BYTES": f"{plan.item('stator_stack_main').need.bytes}u"}
    for name, task in tasks.tasks.items():
        out[f"STATOR_TASK_{name.upper()}_STACK_BYTES"] = f"{plan.item(f'stator_stack_{name}').need.bytes}u"
        out[f"STATOR_TASK_{name.upper()}_PRIORITY"] = f"{task.priority}u"
    for name, queue in tasks.queues.items():
        out[f"STATOR_QUEUE_{name.upper()}_LENGTH"] = f"{queue.length}u"
        out[f"STATOR_QUEUE_{name.upper()}_ITEM_BYTES"] = f"{queue.item_bytes.bytes(plan.spec.columns, len(plan.spec.labels))}u"
    out["STATOR_TASK_OBJECT_BYTES"] = f"{tasks.objects.task_bytes}u"
    out["STATOR_QUEUE_OBJECT_BYTES"] = f"{tasks.objects.queue_bytes}u"
    if plan.spec.features is not None:
        out["STATOR_FEATURES_WORK_BYTES"] = f"{plan.item('stator_features_work').need.bytes}u"
    return out
