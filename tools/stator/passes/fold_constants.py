"""Computes what follows from constants and shapes alone, once, here: shape arithmetic, tables made of tables."""

from __future__ import annotations

import dataclasses

from stator.errors import ModelError
from stator.ir import Graph, Tensor
from stator.ops import Operands, Refusal
from stator.passes.verify import verify_types

#: All folded tensors together: what a file can make grow here without having the bytes itself.
MAX_FOLDED_BYTES = 16 * 1024 * 1024


def fold_constants(graph: Graph) -> Graph:
    """Turns the outputs of nodes whose operator knows them into constants. A node that writes an output of the graph stays.

    May run on a graph that was not verified: each node is checked before it is computed. Raises ModelError.
    """
    tensors = dict(graph.tensors)
    kept = []
    folded_bytes = 0
    for node in graph.nodes:
        place = f"model '{graph.name}', node {node.index} ({node.op.name})"
        if any(i != -1 and i not in tensors for i in node.inputs) or any(o not in tensors for o in node.outputs):
            kept.append(node)  # the verifier says it better
            continue
        on = Operands(tuple(tensors[i] if i >= 0 else None for i in node.inputs), tuple(tensors[o] for o in node.outputs))
        written = set(node.outputs) & (set(graph.outputs) | set(graph.inputs) | {t.index for t in on.outputs if t.constant})
        if written or not on.outputs or not node.op.known(on):
            kept.append(node)
            continue
        folded_bytes += sum(t.type.bytes for t in on.outputs)
        if folded_bytes > MAX_FOLDED_BYTES:
            raise ModelError(f"{place}: more than {MAX_FOLDED_BYTES:,} B follow from constants", remedy="use a smaller model")
        verify_types(place, node.op, on)
        try:
            results = node.op.reference(on, *(None if t is None else t.data for t in on.inputs))
        except Refusal as refusal:
            raise refusal.at(place) from None
        for output, values in zip(on.outputs, results, strict=True):
            tensors[output.index] = Tensor(output.index, output.name, output.type, values)
    return dataclasses.replace(graph, nodes=tuple(kept), tensors=tensors)
