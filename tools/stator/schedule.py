"""The schedule: in which order the layers run, and which bytes must live how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stator.errors import UnsupportedOperator
from stator.ir import DType, Graph, Node
from stator.kernels import PORTABLE, Choice, Kernel, choose
from stator.ops import Constant, KernelCall, Operands

ALIGN = 4  # of every tensor: words can be loaded from its start
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

    `buffer_of` maps every tensor that lives in the arena to its buffer, `scratch_of` every step with scratch to its, and
    `table_of` every (step, name of a constant) to its table; equal constants are one table. `gaps` lets a layer's output lie partly
    over its input: (i, j) -> the least number of bytes from the start of buffer i to the start of buffer j, where i is the lower one.
    """

    graph: Graph
    steps: tuple[Step, ...]
    buffers: tuple[Buffer, ...]
    tables: tuple[Table, ...]
    buffer_of: dict[int, int]
    scratch_of: dict[int, int]
    table_of: dict[tuple[int, str], int]
    gaps: dict[tuple[int, int], int]

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


def schedule(graph: Graph, kernels: Sequence[str] = PORTABLE) -> Schedule:
    """Orders the layers as the graph has them, chooses their kernels, and finds lifetimes and what may share bytes.

    `kernels`: ISA tags of variants, the preferred one first (`kernels:` of board.yml).

    The graph's inputs live from the first step on and may be overwritten after their last use; its outputs live to the end.
    Raises UnsupportedOperator where a layer would read a constant from the arena.
    """
    for node in graph.nodes:
        if node.op.aliases():
            _refuse_constants(graph, node, node.inputs[:1])
    steps = _steps(graph, kernels)
    groups = _Groups(graph, steps)
    for step in steps:
        groups.run(step)
    end = max(len(steps) - 1, 0)
    buffers: list[Buffer] = []
    buffer_of: dict[int, int] = {}
    for tensors in groups.members():
        first = max(min(groups.born[t] for t in tensors), 0)
        last = min(max(groups.last[t] for t in tensors), end)
        size = max(graph.tensors[t].type.bytes for t in tensors)
        align = max(ALIGN, *(graph.tensors[t].type.dtype.bytes for t in tensors))
        buffer_of.update(dict.fromkeys(tensors, len(buffers)))
        buffers.append(Buffer(graph.tensors[tensors[0]].name, size, align, first, max(first, last), tensors))
    scratch_of: dict[int, int] = {}
    for step in steps:
        if step.call.scratch_bytes:
            scratch_of[step.index] = len(buffers)
            name = f"scratch of layer {step.index}"
            buffers.append(Buffer(name, step.call.scratch_bytes, SCRATCH_ALIGN, step.index, step.index))
    tables, table_of = _tables(graph, steps)
    gaps = _gaps(graph, steps, buffers, buffer_of)
    return Schedule(graph, steps, tuple(buffers), tables, buffer_of, scratch_of, table_of, gaps)


def _gaps(graph: Graph, steps: tuple[Step, ...], buffers: list[Buffer], buffer_of: dict[int, int]) -> dict[tuple[int, int], int]:
    """Every pair of an input that nobody needs after a step and an output that is new in it, as far as the operator lets them overlap."""
    gaps: dict[tuple[int, int], int] = {}
    for step in steps:
        for overlap in step.call.overlaps:
            source, target = step.call.inputs[overlap.input], step.call.outputs[overlap.output]
            i, o = buffer_of.get(source), buffer_of[target]
            if i is None or sum(buffer_of.get(t) == i for t in step.call.inputs) > 1:
                continue
            needed_later = buffers[i].last > step.index or any(t in graph.outputs for t in buffers[i].tensors)
            if i == o or needed_later or buffers[o].first < step.index:
                continue
            for pair, least in (((o, i), overlap.ahead), ((i, o), overlap.behind)):
                if least is not None and least < buffers[pair[0]].bytes:
                    gaps[pair] = least
    return gaps


def _steps(graph: Graph, kernels: Sequence[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for node in graph.nodes:
        on = Operands.of(graph, node)
        call = node.op.kernel(node, on)
        if call is not None:
            steps.append(Step(len(steps), node, choose(call, kernels), node.op.macs(on)))
    return tuple(steps)


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


class _Groups:
    """Which tensors share bytes. Built up step by step; everything is decided from the lifetimes of whole groups."""

    def __init__(self, graph: Graph, steps: tuple[Step, ...]) -> None:
        self._graph = graph
        self._members: dict[int, list[int]] = {}  # tensor -> the list of its group, shared by all of the group
        self.born: dict[int, int] = {}  # tensor -> the step that writes it
        self.last: dict[int, int] = {}  # tensor -> the last step that reads it; past the end for the graph's outputs
        for tensor in graph.inputs:
            self._add(tensor, BEFORE)
        step_of = {id(step.node): step.index for step in steps}
        now = BEFORE
        for node in graph.nodes:
            now = step_of.get(id(node), now)
            for tensor in node.outputs:
                self._add(tensor, now)
        for step in steps:
            for tensor in (*step.call.inputs, *step.call.outputs):
                if graph.tensors[tensor].constant:
                    continue
                self.last[tensor] = max(self.last[tensor], step.index)
        for tensor in graph.outputs:
            if tensor in self.last:
                self.last[tensor] = len(steps)
        for node in graph.nodes:
            if node.op.aliases():
                self._join(node.inputs[0], node.outputs[0])

    def run(self, step: Step) -> None:
        """Lets the step write over an input where its operator allows that and nobody reads the input later."""
        for i, o in dict.fromkeys((*step.node.op.in_place(Operands.of(self._graph, step.node)), *step.call.in_place)):
            source, target = step.node.inputs[i], step.node.outputs[o]
            group = self._members.get(source)
            if group is None or target in group:
                continue
            others = [t for at, t in enumerate(step.node.inputs) if at != i]
            dies_here = all(self.last[t] <= step.index for t in group)
            alone = not any(t in group for t in others)
            fits = self._graph.tensors[target].type.bytes <= max(self._graph.tensors[t].type.bytes for t in group)
            fresh = all(self.born[t] >= step.index for t in self._members[target])
            if dies_here and alone and fits and fresh:
                self._join(source, target)

    def members(self) -> list[tuple[int, ...]]:
        """The groups, in order of their first tensor."""
        return [tuple(group) for tensor, group in self._members.items() if group[0] == tensor]

    def _add(self, tensor: int, step: int) -> None:
        self._members.setdefault(tensor, [tensor])
        self.born.setdefault(tensor, step)
        self.last.setdefault(tensor, step)

    def _join(self, first: int, second: int) -> None:
        if self._members[first] is self._members[second]:
            return
        joined = self._members[first] + self._members[second]
        for tensor in joined:
            self._members[tensor] = joined
