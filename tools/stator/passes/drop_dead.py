"""Drops nodes that no output of the graph needs, and tensors that no remaining node names."""

from __future__ import annotations

import dataclasses

from stator.ir import Graph


def drop_dead(graph: Graph) -> Graph:
    """The graph's inputs stay, used or not: the caller fills them."""
    needed = set(graph.outputs)
    kept = []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            kept.append(node)
            needed.update(index for index in node.inputs if index >= 0)
    named = needed | set(graph.inputs) | {index for node in kept for index in node.outputs}
    tensors = {index: tensor for index, tensor in graph.tensors.items() if index in named}
    return dataclasses.replace(graph, nodes=tuple(reversed(kept)), tensors=tensors)
