"""Lets convolutions pad for themselves where a PAD goes before them."""

from __future__ import annotations

import dataclasses

from stator.ir import Graph, Node
from stator.ops import Operands, Operator
from stator.ops._border import borders
from stator.ops.pad import Pad


def fuse_pad(graph: Graph) -> Graph:
    """A PAD of rows and columns goes where all its readers can take its input instead. Both pad with the zero point: it adds nothing."""
    nodes = {id(node): node for node in graph.nodes}
    dropped: set[int] = set()
    for pad in graph.nodes:
        if not isinstance(pad.op, Pad) or pad.outputs[0] in graph.outputs or graph.tensors[pad.inputs[0]].constant:
            continue
        on = Operands.of(graph, pad)
        around = borders(on)
        if len(around) != 4 or any(around[0]) or any(around[3]):
            continue
        readers = [key for key, node in nodes.items() if pad.outputs[0] in node.inputs]
        merged = {key: _without(graph, nodes[key], pad, around[1], around[2]) for key in readers}
        if readers and all(merged.values()):
            nodes |= {key: node for key, node in merged.items() if node is not None}
            dropped.add(id(pad))
    if not dropped:
        return graph
    return dataclasses.replace(graph, nodes=tuple(node for key, node in nodes.items() if key not in dropped))


def _without(graph: Graph, reader: Node, pad: Node, rows: tuple[int, int], columns: tuple[int, int]) -> Node | None:
    """The reader of a padded tensor on the tensor itself."""
    if reader.inputs[0] != pad.outputs[0] or reader.inputs.count(pad.outputs[0]) > 1:
        return None
    op: Operator | None = reader.op.with_border(Operands.of(graph, reader), rows, columns)
    return None if op is None else dataclasses.replace(reader, op=op, inputs=(pad.inputs[0], *reader.inputs[1:]))
