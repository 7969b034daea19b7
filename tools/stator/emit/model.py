"""`<model>.c` and `<model>.h`: the model as a straight line of kernel calls over one arena."""

from __future__ import annotations

from stator.emit import c
from stator.ir import DType, TensorType
from stator.memory import MemoryPlan
from stator.memory.plan import ARENA_ALIGN
from stator.ops import Constant
from stator.schedule import Step, operand


def header(plan: MemoryPlan) -> str:
    """`<model>.h`: run, init and sizes; nothing else is visible."""
    name, prefix = plan.spec.c_name, plan.spec.c_name.upper()
    guard = c.guard(f"model_{name}_h")
    stateful = any(plan.schedule.graph.variables())
    starts = "Sets the model's state, which every run changes, to its start." if stateful else "Writes nothing."
    return f"""{c.comment(c.banner(plan, f"{name}.h: model '{c.plain(plan.spec.name)}' as C."))}#ifndef {guard}
#define {guard}

#include "stator/common.h"

{c.defines({f"{prefix}_{key}": value for key, value in constants(plan).items()})}
/* Prepares the arena: {prefix}_ARENA_BYTES bytes that are aligned to {prefix}_ARENA_ALIGN and belong to the model from now on.
 * {starts} Returns 0; -EINVAL (null, misaligned, or `bytes` too small). */
STATOR_MUST_CHECK int {name}_init(void *arena, size_t bytes);

/* One inference. The input lies at arena + {prefix}_INPUT_OFFSET and is overwritten; the outputs are valid until the next run.
 * Task context; does not block; no static state but the arena. Returns 0, or what a kernel returned (-EINVAL: a null or
 * misaligned arena). */
STATOR_MUST_CHECK int {name}_run(void *arena);

#endif
"""


def constants(plan: MemoryPlan) -> dict[str, str]:
    """The model's constants by their name behind `<MODEL>_`, as C."""
    graph = plan.schedule.graph
    out = {
        "SHA256": f'"{graph.sha256}"',
        "LAYERS": f"{len(plan.schedule.steps)}u",
        "ARENA_BYTES": f"{plan.arena_bytes}u",
        "ARENA_ALIGN": f"{ARENA_ALIGN}u",
        "INPUTS": f"{len(graph.inputs)}u",
    }
    for kind, tensors in (("INPUT", graph.inputs), ("OUTPUT", graph.outputs)):
        for position, index in enumerate(tensors):
            name, tensor = f"{kind}{position or ''}", graph.tensors[index]
            out[f"{name}_OFFSET"] = f"{plan.offset(index)}u"
            out[f"{name}_BYTES"] = f"{tensor.type.bytes}u"
            if tensor.type.quant is not None:
                out[f"{name}_SCALE"] = c.real(tensor.type.quant.scale)
                out[f"{name}_ZERO_POINT"] = f"({tensor.type.quant.zero_point})"
    out["OUTPUTS"] = f"{len(graph.outputs)}u"
    return out


def source(plan: MemoryPlan) -> str:
    """`<model>.c`."""
    name, prefix = plan.spec.c_name, plan.spec.c_name.upper()
    schedule = plan.schedule
    headers = sorted({step.call.header for step in schedule.steps})
    includes = "".join(f'#include "{header}"\n' for header in headers)
    if any(schedule.graph.variables()):
        includes = f"#include <string.h>\n\n{includes}"
    about = (
        f"{name}.c: model '{c.plain(plan.spec.name)}': {len(schedule.steps)} layers, {schedule.macs:,} multiply-accumulates, "
        f"{schedule.weights_bytes:,} B of weights,\n{plan.arena_bytes:,} B of arena (no plan of this schedule needs less than "
        f"{plan.arena_bound_bytes:,} B)."
    )
    tables = "\n".join(c.table(t.constant.data, t.constant.ctype, t.symbol) for t in schedule.tables)
    layers = "\n".join(_layer(plan, step) for step in schedule.steps)
    calls = "".join(_call(plan, step) for step in schedule.steps)
    count = len(schedule.steps)
    return f"""{c.comment(c.banner(plan, about))}
#include "{name}.h"

{includes}
#ifdef STATOR_PROFILE
/* Called before each layer with its number, and with {prefix}_LAYERS after the last. */
void stator_profile_layer(unsigned layer);
#define STATOR_LAYER(layer) stator_profile_layer(layer)
#else
#define STATOR_LAYER(layer) ((void)0)
#endif

/* clang-format off */
{tables}/* clang-format on */

{layers}
static inline void *at(void *arena, size_t offset) {{
    return (uint8_t *)arena + offset;
}}

int {name}_init(void *arena, size_t bytes) {{
    if (arena == NULL || (uintptr_t)arena % {prefix}_ARENA_ALIGN != 0u || bytes < {prefix}_ARENA_BYTES) {{
        return -EINVAL;
    }}
{_first_state(plan)}    return 0;
}}

int {name}_run(void *arena) {{
    if (arena == NULL || (uintptr_t)arena % {prefix}_ARENA_ALIGN != 0u) {{
        return -EINVAL;
    }}
{"    int status = 0;" if count else ""}
{calls}    STATOR_LAYER({count});
    return 0;
}}
"""


def _first_state(plan: MemoryPlan) -> str:
    """Variables start at their zero point: real 0. Wider ones than INT8 have no other zero point than 0."""
    lines = []
    for tensor in plan.schedule.graph.variables():
        value = tensor.type.quant.zero_point if tensor.type.quant and tensor.type.dtype is DType.INT8 else 0
        lines.append(f"    memset(at(arena, {plan.offset(tensor.index)}), {value}, {tensor.type.bytes});\n")
    return "".join(lines)


def describe(plan: MemoryPlan, step: Step) -> str:
    """A layer in a line: what goes in and comes out, and where it lies."""
    tensors = plan.schedule.graph.tensors

    def one(index: int) -> str:
        return f"{shape(tensors[index].type)} " + ("in flash" if tensors[index].constant else f"at {plan.offset(index)}")

    ins = ", ".join(one(i) for i in step.call.inputs)
    outs = ", ".join(one(i) for i in step.call.outputs)
    return f"{ins} -> {outs}"


def shape(kind: TensorType) -> str:
    return f"{kind.dtype.value}[{', '.join(str(d) for d in kind.shape)}]"


def _layer(plan: MemoryPlan, step: Step) -> str:
    """The comment and the parameters of a layer."""
    schedule, call = plan.schedule, step.call
    first = schedule.graph.tensors[call.outputs[0]].name
    macs = f", {step.macs:,} MAC" if step.macs else ""
    text = c.comment(f"Layer {step.index}: {step.node.op.name} {c.plain(first)}{macs}\n{describe(plan, step)}")
    fields = []
    for name, value in call.params:
        if isinstance(value, Constant):
            shown = schedule.tables[schedule.table_of[step.index, value.name]].symbol
        elif name == "backwards":
            shown = c.integer(int(plan.backwards(step)))
        else:
            shown = "NULL" if value is None else c.value(value)
        fields.append(f"    .{name} = {shown},\n")
    return f"{text}static const struct {call.struct} layer{step.index} = {{\n{''.join(fields)}}};\n"


def _call(plan: MemoryPlan, step: Step) -> str:
    """One kernel call in `<model>_run`."""
    schedule, call = plan.schedule, step.call
    outs = [f"at(arena, {plan.offset(t)})" for t in call.outputs]
    ins = []
    for position, tensor in enumerate(call.inputs):
        if schedule.graph.tensors[tensor].constant:
            ins.append(schedule.tables[schedule.table_of[step.index, operand(position)]].symbol)
        else:
            ins.append(f"at(arena, {plan.offset(tensor)})")
    if call.lists:
        outs, ins = [f"(void *const[]){{{', '.join(outs)}}}"], [f"(const void *const[]){{{', '.join(ins)}}}"]
    arguments = [*outs, *ins, f"&layer{step.index}"]
    if step.call.scratch_bytes is not None:
        scratch = plan.schedule.scratch_of.get(step.index)
        arguments.append("NULL" if scratch is None else f"at(arena, {plan.offsets[scratch]})")
    return f"""
    STATOR_LAYER({step.index}); /* {step.node.op.name} */
    status = {step.kernel.symbol}({", ".join(arguments)});
    if (status != 0) {{
        return status;
    }}
"""
