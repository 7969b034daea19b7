"""`<model>.c` and `<model>.h`: the model as a straight line of kernel calls over one arena."""

from __future__ import annotations

import numpy as np

from stator.emit import c
from stator.ir import DType, Tensor, TensorType
from stator.memory import MemoryPlan
from stator.memory.plan import ARENA_ALIGN
from stator.ops import Array, Constant
from stator.schedule import Step, operand


def header(plan: MemoryPlan) -> str:
    """`<model>.h`: run, init and sizes; nothing else is visible."""
    name, prefix = plan.spec.c_name, plan.spec.c_name.upper()
    guard = c.guard(f"model_{name}_h")
    stateful = any(plan.schedule.graph.variables())
    starts = "Sets the model's state, which every run changes, to its start." if stateful else "Writes nothing."
    frames = plan.schedule.graph.frames
    given = f"The input lies at arena + {prefix}_INPUT_OFFSET and is overwritten"
    if plan.lent is not None:
        given = f"`input` points to {prefix}_INPUT_BYTES bytes, aligned to {prefix}_ARENA_ALIGN, and is only read"
    what = f"""One inference. {given}; the outputs are valid until the next run.
 * Task context; does not block; no static state but the arena."""
    if frames:
        starts = "Lets the window hold the input's zero point alone: before the first step, and again after lost columns.\n *"
        what = f"""The inference over the window of the last {frames} columns. The newest lies at arena + {prefix}_INPUT_OFFSET and is
 * overwritten; the outputs are valid until the next step. Task context; does not block; no static state but the arena."""
    return f"""{c.comment(c.banner(plan, f"{name}.h: model '{c.plain(plan.spec.name)}' as C."))}#ifndef {guard}
#define {guard}

#include "stator/common.h"

{c.defines({f"{prefix}_{key}": value for key, value in constants(plan).items()})}{_banks(plan)}
/* Prepares the arena: {prefix}_ARENA_BYTES bytes that are aligned to {prefix}_ARENA_ALIGN and belong to the model from now on.
 * {starts} Returns 0; -EINVAL (null, misaligned, or `bytes` too small). */
STATOR_MUST_CHECK int {name}_init(void *arena, size_t bytes);

/* {what} Returns 0, or what a kernel returned (-EINVAL: a null or
 * misaligned arena{"" if plan.lent is None else " or input"}). */
STATOR_MUST_CHECK int {name}_{entry(plan)}({_parameters(plan)});

#endif
"""


def _banks(plan: MemoryPlan) -> str:
    """What the header says of the arena's other banks: always a list, which is empty where the arena lies in one region."""
    prefix, others = plan.spec.c_name.upper(), plan.banks[1:]
    listed = f"#define {prefix}_BANKS(BANK)" + "".join(f" BANK({bank.symbol}, {bank.bytes}u)" for bank in others) + "\n"
    if not others:
        return listed
    where = ", ".join(f"{bank.symbol} in {bank.region}" for bank in others)
    declared = "".join(f"extern uint8_t {bank.symbol}[{bank.bytes}];\n" for bank in others)
    return c.comment(f"No region has room for all of the arena. The rest, which memory_plan.c defines: {where}.") + listed + declared


def at(plan: MemoryPlan, offset: int) -> str:
    """The C expression for a place in the arena, where `arena` points to its first bank."""
    bank = plan.bank(offset)
    return f"at(arena, {offset})" if bank is plan.banks[0] else f"at({bank.symbol}, {offset - bank.offset})"


def _tensor(plan: MemoryPlan, tensor: int) -> str:
    """The C expression for where a tensor begins that is no constant."""
    lent = plan.schedule.lent
    if tensor in lent:
        return f"(const uint8_t *)input + {lent[tensor]}" if lent[tensor] else "input"
    return at(plan, plan.offset(tensor))


def _parameters(plan: MemoryPlan) -> str:
    return "void *arena" if plan.lent is None else "void *arena, const void *input"


def _refused_input(plan: MemoryPlan) -> str:
    """More of what the function that computes refuses: an input that it cannot read."""
    return "" if plan.lent is None else f" || input == NULL || (uintptr_t)input % {plan.spec.c_name.upper()}_ARENA_ALIGN != 0u"


def entry(plan: MemoryPlan) -> str:
    """What the function that computes is called behind `<model>_`."""
    return "step" if plan.schedule.graph.frames else "run"


def state_of(plan: MemoryPlan) -> tuple[int, int]:
    """Offset in the arena and bytes of what the model keeps from one run to the next: all its variables, which lie in one buffer."""
    found = [plan.schedule.buffer_of[variable.index] for variable in plan.schedule.graph.variables()]
    return (plan.offsets[found[0]], plan.schedule.buffers[found[0]].bytes) if found else (0, 0)


def constants(plan: MemoryPlan) -> dict[str, str]:
    """The model's constants by their name behind `<MODEL>_`, as C."""
    graph = plan.schedule.graph
    out = {
        "SHA256": f'"{graph.sha256}"',
        "LAYERS": f"{len(plan.schedule.steps)}u",
        "ARENA_BYTES": f"{plan.banks[0].bytes}u",
        "ARENA_ALIGN": f"{ARENA_ALIGN}u",
        "INPUTS": f"{len(graph.inputs)}u",
    }
    for kind, tensors in (("INPUT", graph.inputs), ("OUTPUT", graph.outputs)):
        for position, index in enumerate(tensors):
            name, tensor = f"{kind}{position or ''}", graph.tensors[index]
            if index != plan.lent:
                out[f"{name}_OFFSET"] = f"{plan.offset(index)}u"
            out[f"{name}_BYTES"] = f"{tensor.type.bytes}u"
            if tensor.type.quant is not None:
                out[f"{name}_SCALE"] = c.real(tensor.type.quant.scale)
                out[f"{name}_ZERO_POINT"] = f"({tensor.type.quant.zero_point})"
    out["OUTPUTS"] = f"{len(graph.outputs)}u"
    if graph.frames or any(graph.variables()) or plan.lent is not None:
        offset, size = state_of(plan)
        out["STATE_OFFSET"], out["STATE_BYTES"] = f"{offset}u", f"{size}u"
    return out


def source(plan: MemoryPlan) -> str:
    """`<model>.c`."""
    name, prefix = plan.spec.c_name, plan.spec.c_name.upper()
    schedule = plan.schedule
    headers = sorted({step.call.header for step in schedule.steps})
    includes = "".join(f'#include "{header}"\n' for header in headers)
    repeated = "".join(c.table(start, "uint8_t", symbol) for symbol, start in _starts(plan).values())
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
{tables}{repeated}/* clang-format on */

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

int {name}_{entry(plan)}({_parameters(plan)}) {{
    if (arena == NULL || (uintptr_t)arena % {prefix}_ARENA_ALIGN != 0u{_refused_input(plan)}) {{
        return -EINVAL;
    }}
{"    int status = 0;" if count else ""}
{calls}    STATOR_LAYER({count});
    return 0;
}}
"""


def _starts(plan: MemoryPlan) -> dict[int, tuple[str, Array]]:
    """Of the variables that do not start with one byte throughout: a table's symbol, and its bytes, which are repeated."""
    held = [(t.index, t.start) for t in plan.schedule.graph.variables() if t.start is not None and _byte(t) is None]
    return {index: (f"start{n}", np.ascontiguousarray(start).view(np.uint8)) for n, (index, start) in enumerate(held)}


def _byte(variable: Tensor) -> int | None:
    """The byte that a variable starts with throughout, if there is one. Wider ones than INT8 have no other zero point than 0."""
    kind = variable.type
    if variable.start is not None:
        held = np.unique(np.ascontiguousarray(variable.start).view(np.uint8))
        return int(held[0]) if len(held) == 1 else None
    return kind.quant.zero_point & 0xFF if kind.quant and kind.dtype is DType.INT8 else 0


def _first_state(plan: MemoryPlan) -> str:
    """Statements that give every variable what it holds before the first run."""
    lines, starts = [], _starts(plan)
    for tensor in plan.schedule.graph.variables():
        at = plan.offset(tensor.index)
        if tensor.index in starts:
            symbol = starts[tensor.index][0]
            lines += [
                f"    for (size_t i = 0; i < {tensor.type.bytes}u; i += sizeof({symbol})) {{\n",
                f"        memcpy(at(arena, {at}u + i), {symbol}, sizeof({symbol}));\n    }}\n",
            ]
        else:
            lines.append(f"    memset(at(arena, {at}), {_byte(tensor)}, {tensor.type.bytes});\n")
    return "".join(lines)


def describe(plan: MemoryPlan, step: Step) -> str:
    """A layer in a line: what goes in and comes out, and where it lies."""
    tensors = plan.schedule.graph.tensors

    def one(index: int) -> str:
        lies = "in flash" if tensors[index].constant else "where it was written" if index in plan.schedule.lent else None
        return f"{shape(tensors[index].type)} {lies or _place(plan, plan.offset(index))}"

    ins = ", ".join(one(i) for i in step.call.inputs)
    outs = ", ".join(one(i) for i in step.call.outputs)
    return f"{ins} -> {outs}"


def _place(plan: MemoryPlan, offset: int) -> str:
    bank = plan.bank(offset)
    return f"at {offset - bank.offset}" + ("" if bank is plan.banks[0] else f" in {bank.region}")


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
    outs = [at(plan, plan.offset(t)) for t in call.outputs]
    ins = []
    for position, tensor in enumerate(call.inputs):
        if schedule.graph.tensors[tensor].constant:
            ins.append(schedule.tables[schedule.table_of[step.index, operand(position)]].symbol)
        else:
            ins.append(_tensor(plan, tensor))
    if call.lists:
        outs, ins = [f"(void *const[]){{{', '.join(outs)}}}"], [f"(const void *const[]){{{', '.join(ins)}}}"]
    arguments = [*outs, *ins, f"&layer{step.index}"]
    if step.call.scratch_bytes is not None:
        scratch = plan.schedule.scratch_of.get(step.index)
        arguments.append("NULL" if scratch is None else at(plan, plan.offsets[scratch]))
    return f"""
    STATOR_LAYER({step.index}); /* {step.node.op.name} */
    status = {step.kernel.symbol}({", ".join(arguments)});
    if (status != 0) {{
        return status;
    }}
"""
