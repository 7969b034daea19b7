"""Drops nodes that no output of the graph needs, and tensors that no remaining node names."""

from __future__ import annotations

import dataclasses

from stator.ir import Graph, Node


def drop_dead(graph: Graph) -> Graph:
    """The graph's inputs stay, used or not: the caller fills them. What updates a variable is needed where the variable is, by a later
    run."""
    needed = set(graph.outputs)
    kept: list[Node] = []
    known = -1
    while len(needed) > known:
        known, kept = len(needed), []
        for node in reversed(graph.nodes):
            if needed.intersection((*node.outputs, *(node.inputs[i] for i in node.op.states()))):
                kept.append(node)
                needed.update(index for index in node.inputs if index >= 0)
    named = needed | set(graph.inputs) | {index for node in kept for index in node.outputs}
    tensors = {index: tensor for index, tensor in graph.tensors.items() if index in named}
    return dataclasses.replace(graph, nodes=tuple(reversed(kept)), tensors=tensors)
