"""Runs the first layers strip by strip: rows of their last output at a time, with only the rows of everything before that these need.

The images of the first layers are the largest of a model. In strips, no more than a few rows of them live at once; where windows are
higher than they step, rows between two strips are computed twice. Strips of the input are read and strips of the last output
written in place.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from stator.ir import DType, Graph, Node, Tensor, TensorType
from stator.ops import Operands, Operator
from stator.ops.concatenation import Concatenation
from stator.ops.slice import Slice

MAX_STRIPS = 64


def first_layers(graph: Graph) -> tuple[Node, ...]:
    """The chain of layers from the graph's input on that can run in strips: each has one reader, and works on rows of one image."""
    chain: list[Node] = []
    tensor = graph.inputs[0]
    while True:
        readers = [node for node in graph.nodes if tensor in node.inputs]
        if len(readers) != 1 or tensor in graph.outputs or readers[0].inputs[0] != tensor or readers[0].inputs.count(tensor) != 1:
            return tuple(chain)
        node = readers[0]
        shapes = [graph.tensors[t].type.shape for t in (tensor, node.outputs[0])]
        images = all(len(shape) == 4 and shape[0] == 1 for shape in shapes)
        others = [t for t in node.inputs[1:] if t >= 0 and not graph.tensors[t].constant]
        if not images or others or len(node.outputs) != 1 or node.op.for_rows(Operands.of(graph, node), 0, shapes[1][1]) is None:
            return tuple(chain)
        chain.append(node)
        tensor = node.outputs[0]


def in_strips(graph: Graph, layers: int, strips: int) -> Graph | None:
    """The graph with its first `layers` layers in `strips` strips; None where they cannot be cut like that."""
    chain = first_layers(graph)[:layers]
    if len(chain) < layers:
        return None
    last = chain[-1].outputs[0]
    height = graph.tensors[last].type.shape[1]
    if not 2 <= strips <= min(height, MAX_STRIPS):
        return None
    work = _Strips(graph, chain)
    ends = [height * i // strips for i in range(strips + 1)]
    pieces = []
    for first, end in itertools.pairwise(ends):
        piece = work.strip(first, end)
        if piece is None:
            return None
        pieces.append(piece)
    work.nodes.append(Node(chain[-1].index, Concatenation(1), tuple(pieces), (last,)))
    rest = [node for node in graph.nodes if node not in chain]
    gone = {t for node in chain[:-1] for t in node.outputs}
    tensors = {i: t for i, t in work.tensors.items() if i not in gone}
    return dataclasses.replace(graph, nodes=(*work.nodes, *rest), tensors=tensors, rows={**graph.rows, **work.rows})


def choices(graph: Graph) -> Iterator[Graph]:
    """Every graph with some of its first layers in strips, of every height of a strip."""
    for layers, last in enumerate(first_layers(graph), start=1):
        height = graph.tensors[last.outputs[0]].type.shape[1]
        for strips in sorted({-(-height // rows) for rows in range(1, height)}):
            made = in_strips(graph, layers, strips)
            if made is not None:
                yield made


class _Strips:
    """The nodes and tensors of the strips so far."""

    def __init__(self, graph: Graph, chain: tuple[Node, ...]) -> None:
        self._graph, self._chain = graph, chain
        self.nodes: list[Node] = []
        self.tensors = dict(graph.tensors)
        self.rows: dict[int, tuple[int, int, int]] = {}

    def strip(self, first: int, end: int) -> int | None:
        """Adds what computes rows first..end-1 of the last output; returns the tensor that holds them."""
        needed: list[tuple[Node, Operator, int, int]] = []
        for node in reversed(self._chain):
            found = node.op.for_rows(Operands.of(self._graph, node), first, end)
            if found is None:
                return None
            needed.append((node, found[2], first, end))
            first, end = found[0], found[1]
        tensor = self._input(first, end)
        for node, op, start, stop in reversed(needed):
            output = self._rows(node.outputs[0], start, stop)
            self.nodes.append(Node(node.index, op, (tensor, *node.inputs[1:]), (output,)))
            tensor = output
        return tensor

    def _input(self, first: int, end: int) -> int:
        source = self._graph.inputs[0]
        batch, height, width, depth = self._graph.tensors[source].type.shape
        if (first, end) == (0, height):
            return source
        part = self._rows(source, first, end)
        box = [self._integers(0, first, 0, 0), self._integers(batch, end - first, width, depth)]
        self.nodes.append(Node(self._chain[0].index, Slice(), (source, *box), (part,)))
        return part

    def _rows(self, tensor: int, first: int, end: int) -> int:
        whole = self._graph.tensors[tensor]
        batch, _, width, depth = whole.type.shape
        kind = dataclasses.replace(whole.type, shape=(batch, end - first, width, depth))
        index = self._add(f"{whole.name}, rows {first} to {end - 1}", kind, None)
        self.rows[index] = (tensor, first, end)
        return index

    def _integers(self, *values: int) -> int:
        data = np.array(values, dtype=np.int32)
        return self._add("box", TensorType(data.shape, DType.INT32), data)

    def _add(self, name: str, kind: TensorType, data: np.ndarray[tuple[int, ...], np.dtype[np.int32]] | None) -> int:
        index = max(self.tensors) + 1
        self.tensors[index] = Tensor(index, name, kind, data)
        return index
