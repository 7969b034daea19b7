"""Which tensors share bytes: the same bytes under another shape, parts of another tensor, or written over an input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stator.ir import Graph
from stator.ops import Operands, Placement

ALIGN = 4  # of every tensor: words can be loaded from its start
WIDEST = 8  # bytes of the widest element


class Sharing:
    """Groups of tensors that lie at fixed distances from each other. Built up step by step; starts with what copies nothing."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._groups: dict[int, dict[int, int]] = {}  # tensor -> its group: of each member its offset in bytes
        self.without_kernel: set[int] = set()  # id() of nodes whose outputs are there when their inputs are
        variables = (t.index for t in graph.variables())
        for tensor in (*graph.inputs, *variables, *(t for node in graph.nodes for t in node.outputs)):
            self._groups.setdefault(tensor, {tensor: 0})
        for node in graph.nodes:
            for i, o in node.op.shows():
                self._join(Placement(node.outputs[o], node.inputs[i], 0))
            if node.op.aliases():
                self._join(Placement(node.outputs[0], node.inputs[0], 0))
                self.without_kernel.add(id(node))
        for node in graph.nodes:
            placements = node.op.placements(node, Operands.of(graph, node))
            if placements and self._possible(placements):
                for placement in placements:
                    self._join(placement)
                self.without_kernel.add(id(node))

    def group(self, tensor: int) -> dict[int, int]:
        """The tensors that share bytes with this one, itself among them, by their offsets; the least of these is 0."""
        return self._groups[tensor]

    def groups(self) -> Iterator[dict[int, int]]:
        """All groups, in order of their first tensor."""
        seen: set[int] = set()
        for group in self._groups.values():
            if id(group) not in seen:
                seen.add(id(group))
                yield group

    def bytes(self, tensor: int) -> int:
        """What the group of a tensor spans."""
        return max(at + self._bytes(t) for t, at in self._groups[tensor].items())

    def lies_alone(self, tensor: int) -> bool:
        """Whether no tensor of the group goes beyond this one's bytes."""
        return self.bytes(tensor) == self._bytes(tensor)

    def write_over(self, source: int, target: int) -> bool:
        """Puts the group of `target` where `source` begins, if it has room in the group of `source`."""
        room = self.bytes(source) - self._groups[source][source]
        if not self.lies_alone(target) or self._bytes(target) > room:
            return False
        self._join(Placement(target, source, 0))
        return True

    def line_up(self, tensors: Sequence[int]) -> None:
        """Puts the groups of these tensors one behind the other, into one group."""
        for tensor in tensors[1:]:
            whole, part = self._groups[tensors[0]], self._groups[tensor]
            if whole is not part:
                behind = -(-self.bytes(tensors[0]) // WIDEST) * WIDEST
                self._join(Placement(tensor, tensors[0], behind - whole[tensors[0]] + part[tensor]))

    def _possible(self, placements: tuple[Placement, ...]) -> bool:
        """Whether each part is free to lie in its whole: no constant, aligned, in no other whole, and each but once."""
        parts = [p.part for p in placements]
        if any(t not in self._groups for p in placements for t in (p.part, p.whole)):
            return False
        groups = [id(self._groups[t]) for t in dict.fromkeys((*parts, *(p.whole for p in placements)))]
        if len(set(parts)) != len(parts) or len(set(groups)) != len(groups):
            return False
        aligned = all(p.offset % max(ALIGN, self._graph.tensors[p.part].type.dtype.bytes) == 0 for p in placements)
        return aligned and all(self.lies_alone(part) for part in parts)

    def _join(self, placement: Placement) -> None:
        whole, part = self._groups[placement.whole], self._groups[placement.part]
        if whole is part:
            return
        shift = whole[placement.whole] + placement.offset - part[placement.part]
        least = min(0, shift)
        joined = {t: at - least for t, at in whole.items()} | {t: at + shift - least for t, at in part.items()}
        for tensor in joined:
            self._groups[tensor] = joined

    def _bytes(self, tensor: int) -> int:
        return self._graph.tensors[tensor].type.bytes


def born(graph: Graph, step_of: dict[int, int], before: int) -> dict[int, int]:
    """Of every tensor that is no constant, the step after which it is there. `step_of`: by id() of the node."""
    out = dict.fromkeys((*graph.inputs, *(t.index for t in graph.variables())), before)
    now = before
    for node in graph.nodes:
        now = step_of.get(id(node), now)
        for tensor in node.outputs:
            out.setdefault(tensor, now)
    return out
