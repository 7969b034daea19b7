"""`model_select.h`: the application's names for the one model of an image, so that it calls it directly whatever it is called."""

from __future__ import annotations

from stator.emit import c
from stator.emit.model import constants, entry
from stator.memory import MemoryPlan


def model_select(plan: MemoryPlan) -> str:
    spec, name = plan.spec, plan.spec.c_name
    values = {
        "STATOR_MODEL_NAME": f'"{c.plain(spec.name)}"',
        "STATOR_MODEL_INIT": f"{name}_init",
        "STATOR_MODEL_RUN": f"{name}_{entry(plan)}",
        **{f"STATOR_MODEL_{key}": f"{name.upper()}_{key}" for key in (*constants(plan), "BANKS")},
    }
    if spec.window is not None:
        values |= {
            "STATOR_WINDOW_FRAMES": f"{spec.window.frames}u",
            "STATOR_FEATURE_COLUMNS": f"{spec.columns}u",
            "STATOR_MODEL_TAKES_SAMPLES": str(int(spec.takes_samples)),
            "STATOR_CLASSES": f"{len(spec.labels)}u",
            "STATOR_CLASS_LABELS": "{" + ", ".join(f'"{label}"' for label in spec.labels) + "}",
            "STATOR_DEBOUNCE_FRAMES": f"{spec.decision.debounce}u",
        }
    text = c.comment(c.banner(plan, "model_select.h: the model of this image under names that do not change."))
    return f"""{text}#ifndef STATOR_MODEL_SELECT_H
#define STATOR_MODEL_SELECT_H

#include "{name}.h"

{c.defines(values)}
#endif
"""
