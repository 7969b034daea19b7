"""Computes what follows from constants and shapes alone, once, here: shape arithmetic, tables made of tables."""

from __future__ import annotations

import dataclasses

from stator.errors import ModelError
from stator.ir import Graph, Node, Tensor
from stator.ops import Operands
from stator.ops._given import Given
from stator.passes.verify import verify_types

#: All folded tensors together: what a file can make grow here without having the bytes itself.
MAX_FOLDED_BYTES = 16 * 1024 * 1024


def fold_constants(graph: Graph) -> Graph:
    """Turns the outputs of nodes whose operator knows them into constants, which an output of the graph is copied from.

    May run on a graph that was not verified: each node is checked before it is computed. Raises ModelError.
    """
    tensors = dict(graph.tensors)
    kept: list[Node] = []
    folded_bytes = 0
    for node in graph.nodes:
        place = f"model '{graph.name}', node {node.index} ({node.op.name})"
        if any(i != -1 and i not in tensors for i in node.inputs) or any(o not in tensors for o in node.outputs):
            kept.append(node)  # the verifier says it better
            continue
        on = Operands(tuple(tensors[i] if i >= 0 else None for i in node.inputs), tuple(tensors[o] for o in node.outputs))
        written = any(t.constant or t.index in graph.inputs for t in on.outputs)
        if written or not on.outputs or not node.op.known(on):
            kept.append(node)
            continue
        folded_bytes += sum(t.type.bytes for t in on.outputs)
        if folded_bytes > MAX_FOLDED_BYTES:
            raise ModelError(f"{place}: more than {MAX_FOLDED_BYTES:,} B follow from constants", remedy="use a smaller model")
        verify_types(place, node.op, on)
        if node.op.macs(on):
            kept.append(node)  # can take long; the target computes it from the constants in flash
            continue
        results = node.op.reference(on, *(None if t is None else t.data for t in on.inputs))
        for output, values in zip(on.outputs, results, strict=True):
            constant = Tensor(output.index, output.name, output.type, values)
            if output.index in graph.outputs:
                constant = dataclasses.replace(constant, index=max(tensors) + 1)
                kept.append(Node(node.index, Given(), (constant.index,), (output.index,)))
            tensors[constant.index] = constant
    return dataclasses.replace(graph, nodes=tuple(kept), tensors=tensors)
