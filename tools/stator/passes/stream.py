"""Runs a model that looks at a window of columns column by column: each run takes the newest, and computes only what is new.

Where a window moves on by a column, most positions of a layer's output hold what the next position held a frame ago. Those are
remembered in a history, and the layer computes one position per frame. That is exact for positions that see neither a border of
the window nor anything that is not shifted like them; the rest of the model, from there on, runs on the window as a whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from stator.ir import DType, Graph, Node, Tensor, TensorType
from stator.ops import Array, Operands, Operator, run_reference
from stator.ops._history import History
from stator.ops._running_mean import RunningMean
from stator.ops._time import in_time, time_axis
from stator.ops.concatenation import Concatenation
from stator.ops.mean import Mean
from stator.ops.reshape import Reshape
from stator.ops.strided_slice import StridedSlice

LEAST_SUMMED = 4  # positions, from which on a mean is kept as sums


def streamed(graph: Graph, frames: int, *, borders: bool = False) -> Graph:
    """The graph whose input is one column of the `frames` of the given one's, with the same outputs: those of the window that ends with
    it. Before the first run the window holds the input's zero point.

    Of all numbers of first layers that can go column by column, the one with the least work is taken; at least the input has a history.
    With `borders` a layer whose first or last positions see the window's border may too: those are computed anew in every frame, and
    the others are remembered, which takes a history of every such layer.
    """
    source = graph.tensors[graph.inputs[0]]
    if len(graph.inputs) != 1 or source.type.elements % frames:
        raise ValueError(f"{len(graph.inputs)} inputs, the first with {source.type.elements} elements, are no {frames} columns")
    if frames == 1:
        return dataclasses.replace(graph, frames=1)
    at_rest = cache(lambda: _at_rest(graph))
    most = 0 if any(graph.variables()) else len(graph.nodes)
    made: list[Graph] = []
    for limit in range(most + 1):
        work = _Streams(graph, frames, limit, borders)
        if limit == 0 or work.moves(limit - 1):
            made.append(work.graph(at_rest()))
    return min(made, key=_work)


def cost(graph: Graph) -> int:
    """What a run takes, in multiply-accumulates: copying four bytes is about one, reading and writing."""
    macs, moved = _work(graph)
    return macs + moved // 4


def _work(graph: Graph) -> tuple[int, int]:
    """Multiply-accumulates of a run, and bytes read and written; of a slice only what it takes."""
    macs = moved = 0
    for node in graph.nodes:
        macs += node.op.macs(Operands.of(graph, node))
        reads = node.outputs if isinstance(node.op, StridedSlice) else [t for t in node.inputs if t >= 0]
        if not node.op.aliases():
            moved += sum(graph.tensors[t].type.bytes for t in (*reads, *node.outputs))
    return macs, moved


def _at_rest(graph: Graph) -> dict[int, Array]:
    """Every tensor of the window that holds the zero point alone."""
    kind = graph.tensors[graph.inputs[0]].type
    return run_reference(graph, [np.full(kind.shape, kind.quant.zero_point if kind.quant else 0, kind.dtype.numpy)])


@dataclass(frozen=True, slots=True)
class _Moving:
    """A tensor of the window that moves with it: position i, first <= i < end, holds what position end - 1 held apart * (end - 1 - i)
    frames ago. `length` positions in all; those outside first..end-1 see the window's border."""

    length: int
    first: int
    end: int
    apart: int

    def frames(self, first: int = 0) -> int:
        """Frames that must be remembered for the positions from `first` on."""
        return self.apart * (self.end - 1 - first) + 1

    @property
    def whole(self) -> bool:
        return self.first == 0 and self.end == self.length


@dataclass(frozen=True, slots=True)
class _Taps:
    """How a layer's newest position is computed: from `rows` frames of each input, the newest of them `lags` frames old; None: copied."""

    op: Operator | None
    rows: int
    lags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    """Positions low..high-1 of a layer's output, which `op` computes from positions first..end-1 of its input."""

    low: int
    high: int
    first: int
    end: int
    op: Operator


class _Streams:
    """The layers that move, at most the first `limit` of the graph, and the graph made of that."""

    def __init__(self, graph: Graph, frames: int, limit: int, borders: bool) -> None:
        self._graph, self._frames, self._borders = graph, frames, borders
        self._source = graph.inputs[0]
        self._moving = {self._source: _Moving(frames, 0, frames, 1)}
        self._taps: dict[int, _Taps] = {}  # of every tensor whose newest position is computed alone
        self._means: dict[int, RunningMean] = {}  # of every tensor that is a mean over the whole window
        self._edges: dict[int, tuple[_Edge, ...]] = {}  # of every tensor whose other positions are computed apart
        for node in graph.nodes[:limit]:
            self._try(node)
        self._whole, self._columns = self._needs()
        self._depths = self._histories()

    def moves(self, number: int) -> bool:
        """Whether layer `number` goes column by column, and something needs it."""
        return any(t in self._columns for t in self._graph.nodes[number].outputs)

    def _inputs(self, node: Node) -> list[int]:
        """What is not constant."""
        return [t for t in node.inputs if t >= 0 and not self._graph.tensors[t].constant]

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return self._graph.tensors[tensor].type.shape

    def _try(self, node: Node) -> None:
        """Lets a layer move, if all its inputs do and it works along time."""
        inputs = self._inputs(node)
        moving = [self._moving[t] for t in inputs if t in self._moving]
        if not moving or len(moving) < len(inputs) or len({(m.length, m.apart) for m in moving}) > 1:
            return
        axes = [time_axis(self._shape(t)) for t in inputs]
        if any(axis is None or self._shape(t)[axis] != moving[0].length for t, axis in zip(inputs, axes, strict=True)):
            return
        length, apart = moving[0].length, moving[0].apart
        if isinstance(node.op, Mean) and apart == 1 and moving[0].whole and length >= LEAST_SUMMED:
            running = RunningMean.of(node.op, Operands.of(self._graph, node), time_axis(self._shape(inputs[0])) or 0)
            if running is not None:
                self._means[node.outputs[0]] = running
                return
        found = in_time(node.op, Operands.of(self._graph, node), apart)
        if found is None:
            return
        w = found.window
        reach = (w.kernel - 1) * w.dilation
        low, high = max(m.first for m in moving), min(m.end for m in moving)
        first = max(-(-(low + w.before) // w.stride), 0)
        end = min((high - 1 - reach + w.before) // w.stride + 1, w.out)
        if first >= end or length < 2:
            return
        newest = (end - 1) * w.stride - w.before + reach  # the last position that the newest one sees
        taps = _Taps(found.one, apart * reach + 1, tuple(apart * (m.end - 1 - newest) for m in moving))
        if w.out > 1:
            self._moving[node.outputs[0]] = _Moving(w.out, first, end, apart * w.stride)
            if self._borders:
                self._try_edges(node, first, end, w.out)
        self._taps[node.outputs[0]] = taps

    def _try_edges(self, node: Node, first: int, end: int, length: int) -> None:
        """Lets the positions of a layer that see the window's border be computed apart, from rows of an image."""
        inputs, on = self._inputs(node), Operands.of(self._graph, node)
        tensors = [*inputs, *node.outputs]
        if (
            len(tensors) != 2
            or inputs[0] != node.inputs[0]
            or any(len(self._shape(t)) != 4 or time_axis(self._shape(t)) != 1 for t in tensors)
        ):
            return
        ends = [(low, high) for low, high in ((0, first), (end, length)) if low < high]
        found = [(node.op.for_rows(on, low, high), low, high) for low, high in ends]
        if found and all(rows is not None for rows, _, _ in found):
            self._edges[node.outputs[0]] = tuple(_Edge(low, high, *rows) for rows, low, high in found if rows is not None)

    def _needs(self) -> tuple[set[int], set[int]]:
        """The tensors that are needed as a whole, and those whose newest position is."""
        whole, columns = set(self._graph.outputs), set()
        for node in reversed(self._graph.nodes):
            for tensor in node.outputs:
                if tensor in whole:
                    if self._by_column(tensor):
                        columns.add(tensor)
                    if not self._by_column(tensor) or tensor in self._edges:
                        whole.update(self._inputs(node))
                if tensor in columns:
                    columns.update(self._inputs(node))
        columns.add(self._source)
        return whole, columns

    def _by_column(self, tensor: int) -> bool:
        """Whether the whole tensor follows from its newest positions, and from some that are computed apart."""
        moving = self._moving.get(tensor)
        if moving is None:
            return tensor in self._taps or tensor in self._means
        return moving.whole or tensor in self._edges

    def _histories(self) -> dict[int, int]:
        """Of every moving tensor, the frames of it that are needed."""
        depths = dict.fromkeys(self._moving, 1)
        for tensor in self._whole & self._moving.keys():
            if self._by_column(tensor):
                depths[tensor] = self._moving[tensor].frames(self._moving[tensor].first)
        for node in self._graph.nodes:
            if any(t in self._means and t in self._columns for t in node.outputs):
                (source,) = self._inputs(node)
                depths[source] = max(depths[source], self._moving[source].length + 1)  # and the column that has just left
            for taps in (self._taps[t] for t in node.outputs if t in self._taps and t in self._columns):
                for tensor, lag in zip(self._inputs(node), taps.lags, strict=True):
                    depths[tensor] = max(depths[tensor], taps.rows + lag)
        return depths

    def graph(self, at_rest: dict[int, Array]) -> Graph:
        """The graph that runs column by column. `at_rest`: every tensor before the first run."""
        made = _Made(self._graph, at_rest)
        made.column(self._source, self._moving[self._source])
        made.remember(self._source, self._moving[self._source], self._depths[self._source])
        self._finish(made, self._source)
        for node in self._graph.nodes:
            (tensor, *others) = node.outputs
            if not others and tensor in self._columns:
                self._column(made, node, tensor)
            if any(t in self._whole and not self._by_column(t) for t in node.outputs):
                made.nodes.append(node)
            elif not others:
                self._finish(made, tensor, node)
        return made.done(self._frames)

    def _column(self, made: _Made, node: Node, tensor: int) -> None:
        """Adds what computes the newest position of a tensor, or a mean over all positions."""
        if tensor in self._means:
            (source,) = self._inputs(node)
            made.mean(node, self._means[tensor], source, self._moving[source])
            return
        taps, moving = self._taps[tensor], self._moving.get(tensor)
        inputs = dict(zip(self._inputs(node), taps.lags, strict=True))
        seen = {t: made.recent(t, taps.rows, lag) for t, lag in inputs.items()}
        column = made.column(tensor, moving)
        if taps.op is None:
            made.nodes.append(Node(node.index, Reshape(made.tensors[column].type.shape), (next(iter(seen.values())),), (column,)))
        else:
            made.nodes.append(Node(node.index, taps.op, tuple(seen.get(t, t) for t in node.inputs), (column,)))
        if moving is not None:
            made.remember(tensor, moving, self._depths[tensor])

    def _finish(self, made: _Made, tensor: int, node: Node | None = None) -> None:
        """Makes the whole tensor out of what is remembered, where somebody needs it."""
        if tensor in self._whole and tensor in self._moving:
            edges = self._edges.get(tensor, ())
            made.assemble(tensor, self._moving[tensor], [made.edge(node, edge) for edge in edges if node is not None])


class _Made:
    """The nodes and tensors so far. Of a tensor of the window: `columns`, its newest position, and `histories`, with their depths."""

    def __init__(self, graph: Graph, at_rest: dict[int, Array]) -> None:
        self._graph, self._at_rest = graph, at_rest
        self.nodes: list[Node] = []
        self.tensors = dict(graph.tensors)
        self.rows: dict[int, tuple[int, int, int]] = {}
        self._columns: dict[int, int] = {}
        self._histories: dict[int, tuple[int, int]] = {}
        self._fresh = max(graph.tensors) + 1

    def done(self, frames: int) -> Graph:
        named = {t for node in self.nodes for t in (*node.inputs, *node.outputs)}
        tensors = {i: t for i, t in self.tensors.items() if i in named}
        (source,) = self._graph.inputs
        inputs = (self._columns[source],)
        return dataclasses.replace(
            self._graph, nodes=tuple(self.nodes), tensors=tensors, inputs=inputs, rows={**self._graph.rows, **self.rows}, frames=frames
        )

    def column(self, tensor: int, moving: _Moving | None) -> int:
        """The newest position of a tensor; the tensor itself where it is its only one."""
        made = tensor
        if moving is not None:
            made = self._add(f"{self._graph.tensors[tensor].name}, newest", self._of(tensor, 1, moving.length))
            self.rows[made] = (tensor, moving.end - 1, moving.end)
        self._columns[tensor] = made
        return made

    def remember(self, tensor: int, moving: _Moving, depth: int) -> None:
        """Keeps the last `depth` columns of a tensor from now on."""
        if depth == 1:
            return
        whole = depth == moving.length and moving.apart == 1 and moving.whole
        kind, name = self._of(tensor, depth, moving.length), self._graph.tensors[tensor].name
        start = self._at_rest[tensor].reshape(moving.length, -1)[moving.end - 1]
        held = self._add(f"{name}, remembered", kind, variable=True, start=start)
        made = tensor if whole else self._add(f"{name}, last {depth}", kind)
        self.nodes.append(Node(0, History(), (held, self._columns[tensor]), (made,)))
        self._histories[tensor] = made, depth
        if moving.apart == 1 and not whole and depth <= moving.end:
            self.rows[made] = (tensor, moving.end - depth, moving.end)

    def mean(self, node: Node, op: RunningMean, source: int, moving: _Moving) -> None:
        """The mean over all positions of a tensor that moves, from sums that are kept."""
        inner = self._graph.tensors[node.outputs[0]].type.elements
        start = self._at_rest[source].reshape(-1, inner).sum(axis=0).astype(np.int32)
        name = f"{self._graph.tensors[source].name}, summed"
        sums = self._add(name, TensorType(start.shape, DType.INT32), variable=True, start=start)
        self.nodes.append(Node(node.index, op, (sums, self._columns[source], self.recent(source, 1, moving.length)), node.outputs))

    def recent(self, tensor: int, rows: int, lag: int) -> int:
        """`rows` columns of a tensor, the newest of them `lag` frames old."""
        if rows == 1 and lag == 0:
            return self._columns[tensor]
        history, depth = self._histories[tensor]
        if rows == depth:
            return history
        first = depth - lag - rows
        kind = self.tensors[history].type
        axis = self._axis(tensor)
        part = self._add(
            f"{self._graph.tensors[tensor].name}, {rows} of {depth}", dataclasses.replace(kind, shape=_with(kind.shape, axis, rows))
        )
        self._slice(history, part, axis, first, first + rows, 1)
        return part

    def assemble(self, tensor: int, moving: _Moving, edges: Sequence[int]) -> None:
        """The whole tensor: positions out of its history, and before and after them the `edges`, which are there."""
        history, depth = self._histories.get(tensor, (self._columns[tensor], 1))
        inner = tensor
        if edges:
            kind = self._graph.tensors[tensor].type
            inner = self._add(f"{self._graph.tensors[tensor].name}, moving", self._of(tensor, moving.end - moving.first, moving.length))
            self.rows[inner] = tensor, moving.first, moving.end
            parts = sorted([inner, *edges], key=lambda part: self.rows[part][1])
            assert sum(self.tensors[part].type.shape[1] for part in parts) == kind.shape[1]
        if history != inner:
            oldest = depth - moving.frames(moving.first)
            self._slice(history, inner, self._axis(tensor), oldest, depth, moving.apart)
        if edges:
            self.nodes.append(Node(0, Concatenation(1), tuple(parts), (tensor,)))

    def edge(self, node: Node, edge: _Edge) -> int:
        """Some positions of a layer's output, from rows of its whole input."""
        source, target = node.inputs[0], node.outputs[0]
        length = self._graph.tensors[target].type.shape[1]
        part = self._add(
            f"{self._graph.tensors[target].name}, {edge.low} to {edge.high - 1}", self._of(target, edge.high - edge.low, length)
        )
        self.rows[part] = target, edge.low, edge.high
        seen = self._add(
            f"{self._graph.tensors[source].name}, seen", self._of(source, edge.end - edge.first, self._graph.tensors[source].type.shape[1])
        )
        self._slice(source, seen, 1, edge.first, edge.end, 1)
        self.nodes.append(Node(node.index, edge.op, (seen, *node.inputs[1:]), (part,)))
        return part

    def _slice(self, source: int, target: int, axis: int, first: int, end: int, step: int) -> None:
        """Every `step`th column, from `first` on."""
        shape = self.tensors[source].type.shape
        begins, ends, steps = [0] * len(shape), list(shape), [1] * len(shape)
        begins[axis], ends[axis], steps[axis] = first, end, step
        self.nodes.append(Node(0, StridedSlice(0, 0, 0), (source, *(self._integers(v) for v in (begins, ends, steps))), (target,)))

    def _axis(self, tensor: int) -> int:
        axis = time_axis(self._graph.tensors[tensor].type.shape)
        assert axis is not None
        return axis

    def _of(self, tensor: int, count: int, length: int) -> TensorType:
        """The type of `count` columns of a tensor of `length`."""
        kind, axis = self._graph.tensors[tensor].type, self._axis(tensor)
        if kind.shape[axis] == length:
            return dataclasses.replace(kind, shape=_with(kind.shape, axis, count))
        return kind if count == length else dataclasses.replace(kind, shape=(count, kind.elements // length))

    def _integers(self, values: list[int]) -> int:
        data = np.array(values, dtype=np.int32)
        return self._add("box", TensorType(data.shape, DType.INT32), data=data)

    def _add(self, name: str, kind: TensorType, *, data: Array | None = None, variable: bool = False, start: Array | None = None) -> int:
        index = self._fresh
        self._fresh += 1
        self.tensors[index] = Tensor(index, name, kind, data, variable, start)
        return index


def _with(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis + 1 :])
