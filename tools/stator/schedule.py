"""The schedule: in which order the layers run, and which bytes must live how long."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from stator.errors import ModelError, UnsupportedOperator
from stator.ir import DType, Graph, Node
from stator.kernels import PORTABLE, Choice, Kernel
from stator.ops import Constant, KernelCall, Operands
from stator.selection import Selection, in_order
from stator.sharing import ALIGN, Sharing, born

SCRATCH_ALIGN = 8
BEFORE = -1  # the step that writes the graph's inputs


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One layer that runs a kernel."""

    index: int
    node: Node
    choice: Choice
    macs: int

    @property
    def call(self) -> KernelCall:
        """The call as the chosen variant takes it."""
        return self.choice.call

    @property
    def kernel(self) -> Kernel:
        return self.choice.kernel


@dataclass(frozen=True, slots=True)
class Buffer:
    """Bytes of the arena that live from step `first` to step `last`, both included.

    Several tensors share a buffer where one is another's bytes under a new shape, or where a layer writes over its input.
    """

    name: str
    bytes: int
    align: int
    first: int
    last: int
    tensors: tuple[int, ...] = ()  # none: scratch of step `first`


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A constant in flash: weights, biases, scales, lookup tables."""

    symbol: str
    constant: Constant


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Steps in order, and the buffers and tables they need.

    `buffer_of` maps every tensor that lives in the arena to its buffer and `within` to its offset in that, `scratch_of` every step
    with scratch to its, and `table_of` every (step, name of a constant) to its table; equal constants are one table. `gaps` lets a
    layer's output lie partly over its input: (i, j) -> the least number of bytes from the start of buffer i to the start of buffer j,
    where i is the lower one. `lent` has what lies outside of the arena and is only read: the model's input where its writer has put
    it, and its parts, by their offsets in it.
    """

    graph: Graph
    steps: tuple[Step, ...]
    buffers: tuple[Buffer, ...]
    tables: tuple[Table, ...]
    buffer_of: dict[int, int]
    within: dict[int, int]
    scratch_of: dict[int, int]
    table_of: dict[tuple[int, str], int]
    gaps: dict[tuple[int, int], int]
    selection: str = ""
    """How the kernels were chosen: the name of a stator.selection.Selection."""
    lent: dict[int, int] = field(default_factory=dict)

    @property
    def macs(self) -> int:
        return sum(step.macs for step in self.steps)

    @property
    def weights_bytes(self) -> int:
        """Weights, biases and scales: all tables."""
        return sum(table.constant.bytes for table in self.tables)


def macs(graph: Graph) -> int:
    """Multiply-accumulates of one inference of the graph as it stands."""
    return sum(node.op.macs(Operands.of(graph, node)) for node in graph.nodes)


def schedule(graph: Graph, kernels: Selection | Sequence[str] = PORTABLE, lent: int | None = None) -> Schedule:
    """Orders the layers as the graph has them, chooses their kernels, and finds lifetimes and what may share bytes.

    `kernels`: how they are chosen, or ISA tags of variants, the preferred one first (`kernels:` of board.yml). `lent`: an input that
    lies outside of the arena, where no layer may write.

    The graph's inputs live from the first step on and may be overwritten after their last use; its outputs live to the end, and its
    variables always, in one buffer.
    Raises UnsupportedOperator where a layer would read a constant from the arena, ModelError where the input cannot stay where it is.
    """
    for node in graph.nodes:
        if node.op.aliases():
            _refuse_constants(graph, node, node.inputs[:1])
    sharing = Sharing(graph)
    selection = kernels if isinstance(kernels, Selection) else in_order(kernels)
    steps = _steps(graph, selection, sharing.without_kernel)
    made = born(graph, {id(step.node): step.index for step in steps}, BEFORE)
    outside = {} if lent is None else _only_read(graph, steps, lent, sharing)
    for tensor in outside:
        del made[tensor]
    last = _last_uses(graph, steps, made)
    for step in steps:
        _write_over_inputs(graph, step, sharing, made, last)
    end = max(len(steps) - 1, 0)
    buffers: list[Buffer] = []
    buffer_of: dict[int, int] = {}
    within: dict[int, int] = {}
    sharing.line_up([t.index for t in graph.variables()])
    for group in sharing.groups():
        tensors = tuple(group)
        if tensors[0] in outside:
            continue
        first, until = max(min(made[t] for t in tensors), 0), min(max(last[t] for t in tensors), end)
        align = max(ALIGN, *(graph.tensors[t].type.dtype.bytes for t in tensors))
        buffer_of.update(dict.fromkeys(tensors, len(buffers)))
        within.update(group)
        size = sharing.bytes(tensors[0])
        if any(graph.tensors[t].variable for t in tensors):
            size = -(-size // ALIGN) * ALIGN  # so that nothing else lies in the state's last word
        buffers.append(Buffer(graph.tensors[tensors[0]].name, size, align, first, max(first, until), tensors))
    scratch_of: dict[int, int] = {}
    for step in steps:
        if step.call.scratch_bytes:
            scratch_of[step.index] = len(buffers)
            name = f"scratch of layer {step.index}"
            buffers.append(Buffer(name, step.call.scratch_bytes, SCRATCH_ALIGN, step.index, step.index))
    tables, table_of = _tables(graph, steps)
    planned = Schedule(graph, steps, tuple(buffers), tables, buffer_of, within, scratch_of, table_of, {}, selection.name, outside)
    return replace(planned, gaps=_gaps(planned))


def _only_read(graph: Graph, steps: Sequence[Step], lent: int, sharing: Sharing) -> dict[int, int]:
    """The tensors that share bytes with an input which stays where its writer has put it, by their offsets in it."""
    group = sharing.group(lent)
    written = {t for step in steps for t in step.call.outputs} | {t.index for t in graph.variables()} | set(graph.outputs)
    other = next((t for t in group if t in written), None)
    if other is not None or not sharing.lies_alone(lent):
        whose = f"'{graph.tensors[lent if other is None else other].name}'"
        raise ModelError(
            f"model '{graph.name}': {whose} shares its bytes with the input, where only DMA writes",
            remedy="let the first layer compute something of the input, instead of joining or handing it on",
        )
    return dict(group)


def _last_uses(graph: Graph, steps: Sequence[Step], made: dict[int, int]) -> dict[int, int]:
    """Of every tensor that is no constant, the last step that reads or writes it; past the end for outputs and variables."""
    last = dict(made)
    for step in steps:
        for tensor in (*step.call.inputs, *step.call.outputs):
            if tensor in last:
                last[tensor] = max(last[tensor], step.index)
    last.update(dict.fromkeys((t for t in (*graph.outputs, *(v.index for v in graph.variables())) if t in last), len(steps)))
    return last


def _write_over_inputs(graph: Graph, step: Step, sharing: Sharing, made: dict[int, int], last: dict[int, int]) -> None:
    """Lets the step write over an input where its operator or kernel allows that and nobody reads the input later."""
    for i, o in dict.fromkeys((*step.node.op.in_place(Operands.of(graph, step.node)), *step.call.in_place)):
        source, target = step.node.inputs[i], step.node.outputs[o]
        if source not in made or target in sharing.group(source):
            continue
        group = sharing.group(source)
        others = [t for at, t in enumerate(step.node.inputs) if at != i]
        dies_here = all(last[t] <= step.index for t in group)
        alone = not any(t in group for t in others)
        fresh = all(made[t] >= step.index for t in sharing.group(target))
        if dies_here and alone and fresh:
            sharing.write_over(source, target)


def _gaps(planned: Schedule) -> dict[tuple[int, int], int]:
    """Every pair of an input that nobody needs after a step and an output that is new in it, as far as the operator lets them overlap."""
    graph, buffers, buffer_of = planned.graph, planned.buffers, planned.buffer_of
    gaps: dict[tuple[int, int], int] = {}
    for step in planned.steps:
        for overlap in step.call.overlaps:
            source, target = step.call.inputs[overlap.input], step.call.outputs[overlap.output]
            i, o = buffer_of.get(source), buffer_of[target]
            if i is None or sum(buffer_of.get(t) == i for t in step.call.inputs) > 1:
                continue
            kept = any(t in graph.outputs or graph.tensors[t].variable for t in buffers[i].tensors)
            needed_later = buffers[i].last > step.index or kept
            if i == o or needed_later or buffers[o].first < step.index:
                continue
            turns = any(name == "backwards" for name, _ in step.call.params)
            apart = planned.within[target] - planned.within[source]  # more than the buffers' starts are
            for pair, least in (
                ((o, i), None if overlap.ahead is None else overlap.ahead + apart),
                ((i, o), None if overlap.behind is None or not turns else overlap.behind - apart),
            ):
                if least is not None and least < buffers[pair[0]].bytes:
                    gaps[pair] = max(least, 0)
    return gaps


def _steps(graph: Graph, selection: Selection, without_kernel: Collection[int]) -> tuple[Step, ...]:
    layers: list[tuple[Node, KernelCall, int]] = []
    for node in graph.nodes:
        if id(node) in without_kernel:
            continue
        on = Operands.of(graph, node)
        call = node.op.kernel(node, on)
        if call is not None:
            layers.append((node, call, node.op.macs(on)))
    choices = selection.choose([call for _, call, _ in layers])
    return tuple(Step(i, node, choice, macs) for i, ((node, _, macs), choice) in enumerate(zip(layers, choices, strict=True)))


def _refuse_constants(graph: Graph, node: Node, reads: tuple[int, ...]) -> None:
    """What becomes a result without a layer that computes it cannot lie in flash."""
    for index in reads:
        tensor = graph.tensors[index]
        if tensor.constant:
            raise UnsupportedOperator(
                f"model '{graph.name}', node {node.index} ({node.op.name}): reads the constant '{tensor.name}' where it needs a result",
                remedy="fold constants before converting (freeze the model), then convert again",
            )


def operand(position: int) -> str:
    """The name of the table that a layer's input is where it is a constant."""
    return f"input{position}"


_CTYPES = {DType.BOOL: "uint8_t", DType.FLOAT32: "float"}


def _operands(graph: Graph, call: KernelCall) -> Iterator[Constant]:
    """The constants among a layer's inputs."""
    for position, index in enumerate(call.inputs):
        tensor = graph.tensors[index]
        if tensor.data is not None:
            yield Constant(operand(position), _CTYPES.get(tensor.type.dtype, f"{tensor.type.dtype.value}_t"), tensor.data)


def _tables(graph: Graph, steps: tuple[Step, ...]) -> tuple[tuple[Table, ...], dict[tuple[int, str], int]]:
    tables: list[Table] = []
    known: dict[tuple[str, bytes], int] = {}
    table_of: dict[tuple[int, str], int] = {}
    for step in steps:
        for constant in (*step.call.constants, *_operands(graph, step.call)):
            at = known.setdefault((constant.ctype, constant.data.tobytes()), len(tables))
            if at == len(tables):
                tables.append(Table(f"layer{step.index}_{constant.name}", constant))
            table_of[step.index, constant.name] = at
    return tuple(tables), table_of
