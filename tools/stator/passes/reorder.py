"""Puts the layers in the order that needs the least memory, where the file's order is not one of those."""

from __future__ import annotations

import dataclasses
import heapq
import itertools
from collections.abc import Iterator

from stator.ir import Graph, Node
from stator.ops import KernelCall, Operands
from stator.schedule import schedule
from stator.sharing import Sharing

MAX_STATES = 20_000  # sets of layers that were looked at; beyond, the file's order stays
MAX_MOVES = 60  # of single layers that are tried, until one helps


def reorder(graph: Graph) -> Graph:
    """Layers may run in any order in which tensors are written before they are read. The file's order stays where no other is better.

    The search counts tensors one by one. What it cannot see is that buffers are joined, one layer's output lying over another's input, and
    then live longer; so the best that it finds is improved by what is really needed.
    """
    order = _Search(graph).best()
    found = graph if order is None else dataclasses.replace(graph, nodes=order)
    peak, least = _peak(graph), _peak(found)
    return _improved(*((found, least) if least < peak else (graph, peak)))


def _improved(graph: Graph, peak: int) -> Graph:
    """The order with single layers elsewhere, as long as each such move makes the peak lower."""
    for nodes in itertools.islice(_moves(graph.nodes), MAX_MOVES):
        other = dataclasses.replace(graph, nodes=nodes)
        needed = _peak(other)
        if needed < peak:
            return _improved(other, needed)
    return graph


def _moves(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """Every order in which one layer stands elsewhere, and which is legal."""
    for at, node in enumerate(nodes):
        reads = set(node.inputs)
        for to in range(at - 1, -1, -1):
            if reads.intersection(nodes[to].outputs):
                break
            yield (*nodes[:to], node, *nodes[to:at], *nodes[at + 1 :])
        for to in range(at + 1, len(nodes)):
            if set(node.outputs).intersection(nodes[to].inputs):
                break
            yield (*nodes[:at], *nodes[at + 1 : to + 1], node, *nodes[to + 1 :])


def _peak(graph: Graph) -> int:
    from stator.memory.plan import arena_bound  # noqa: PLC0415 (memory needs board and spec, passes do not)

    return arena_bound(schedule(graph))


class _Search:
    """Best first over sets of layers that have run, by the most bytes that lived until then."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._nodes = graph, graph.nodes
        self._sharing = Sharing(graph)
        self._calls = [self._call(node) for node in self._nodes]
        writer = {t: k for k, node in enumerate(self._nodes) for t in node.outputs}
        self._before = [sum({1 << writer[t] for t in node.inputs if t in writer}) for node in self._nodes]
        #: Of every group of tensors that share bytes: its size, the layers that make it or need it, and whether it lives to the end.
        self._groups: list[tuple[int, int, int, bool]] = []
        self._group_of: dict[int, int] = {}
        for group in self._sharing.groups():
            makers = sum({1 << writer[t] for t in group if t in writer})
            readers = sum({1 << k for k, node in enumerate(self._nodes) if any(t in group for t in node.inputs)})
            kept = any(t in graph.outputs for t in group)
            there = any(t in graph.inputs for t in group)
            self._group_of.update(dict.fromkeys(group, len(self._groups)))
            self._groups.append((self._sharing.bytes(next(iter(group))), -1 if there else makers, readers, kept))

    def best(self) -> tuple[Node, ...] | None:
        """An order with a lower peak than the file's, as far as is known before anything is placed; None where there is none."""
        everything = (1 << len(self._nodes)) - 1
        limit = self._file_order()
        known: dict[int, int] = {0: 0}
        paths: dict[int, tuple[int, int]] = {}
        heap = [(0, 0)]
        while heap and len(known) < MAX_STATES:
            peak, done = heapq.heappop(heap)
            if done == everything:
                return tuple(self._nodes[k] for k in self._path(paths, done))
            if peak > known[done]:
                continue
            for k in self._ready(done):
                reached, after = max(peak, self._live(done, k)), done | 1 << k
                if reached < min(limit, known.get(after, limit)):
                    known[after], paths[after] = reached, (done, k)
                    heapq.heappush(heap, (reached, after))
        return None

    def _file_order(self) -> int:
        peak = done = 0
        for k in range(len(self._nodes)):
            peak, done = max(peak, self._live(done, k)), done | 1 << k
        return peak

    def _path(self, paths: dict[int, tuple[int, int]], done: int) -> list[int]:
        order = []
        while done:
            done, k = paths[done]
            order.append(k)
        return order[::-1]

    def _ready(self, done: int) -> Iterator[int]:
        """The layers that can run next; where one of them costs nothing, that one alone."""
        some = [k for k in range(len(self._nodes)) if not done >> k & 1 and self._before[k] & ~done == 0]
        free = next((k for k in some if self._calls[k] is None), None)
        yield from some if free is None else [free]

    def _live(self, done: int, k: int) -> int:
        """Bytes that live while layer k runs after the layers `done`."""
        call, after = self._calls[k], done | 1 << k
        if call is None:
            return 0
        total = call.scratch_bytes or 0
        for size, makers, readers, kept in self._groups:
            total += size if makers & after and (kept or readers & ~done or makers >> k & 1) else 0
        return total - self._saved(call, self._nodes[k], after)

    def _saved(self, call: KernelCall, node: Node, after: int) -> int:
        """Bytes that an output may have in common with an input that nobody needs any more."""
        on, saved = Operands.of(self._graph, node), 0
        pairs = [(node.inputs[i], node.outputs[o], 0, 0) for i, o in dict.fromkeys((*node.op.in_place(on), *call.in_place))]
        pairs += [(call.inputs[p.input], call.outputs[p.output], p.ahead, p.behind) for p in call.overlaps]  # type: ignore[misc]
        for source, target, ahead, behind in pairs:
            if source not in self._group_of:
                continue
            size, _, readers, kept = self._groups[self._group_of[source]]
            if kept or readers & ~after:
                continue
            out = self._graph.tensors[target].type.bytes
            forwards = min(out - ahead, size) if ahead is not None else 0
            backwards = min(size - behind, out) if behind is not None else 0
            saved = max(saved, forwards, backwards)
        return saved

    def _call(self, node: Node) -> KernelCall | None:
        if id(node) in self._sharing.without_kernel:
            return None
        return node.op.kernel(node, Operands.of(self._graph, node))
