"""Lets a variable that holds the last columns of a tensor be a history: what is new is put behind them, and nothing else is copied."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.ir import Graph, Node, Tensor
from stator.ops import Operands, Placement
from stator.ops._history import History
from stator.ops._variables import AssignVariable, ReadVariable


def remember(graph: Graph) -> Graph:
    """A file reads a variable, puts a new column behind it, and assigns the newest columns of that. Where nothing else needs what was
    read, the columns that are joined are the variable.

    Two forms are known, by where the tensors would lie in each other: what is assigned is the end of what is joined; or what is joined
    begins with the end of what was read, and is assigned as a whole.
    """
    for node in graph.nodes:
        if type(node.op) is AssignVariable:
            graph = _remembered(graph, node)
    return graph


def _remembered(graph: Graph, assign: Node) -> Graph:
    variable, value, *held = assign.inputs
    maker = {t: node for node in graph.nodes for t in node.outputs}
    if len(held) != 1 or value not in maker or maker[held[0]].inputs != (variable,) or type(maker[held[0]].op) is not ReadVariable:
        return graph
    read, made = maker[held[0]], maker[value]
    tail = _placed(graph, made)
    if len(tail) == 1 and tail[0].part == value and _ends(graph, tail[0]):  # the end of what is joined
        dropped, first, joined = [read, assign], held[0], tail[0].whole
    elif len(tail) == 2 and value == tail[0].whole and tail[0].part in maker:  # a whole that begins with the end of what was read
        cut = _placed(graph, maker[tail[0].part])
        if len(cut) != 1 or cut[0].whole != held[0] or not _ends(graph, cut[0]):
            return graph
        dropped, first, joined = [read, maker[tail[0].part], assign], tail[0].part, value
    else:
        return graph
    parts = _placed(graph, maker[joined]) if joined in maker else ()
    if [p.part for p in parts[:1]] != [first] or len(parts) != 2 or parts[0].offset or joined in graph.outputs:
        return graph
    join, new = maker[joined], parts[1].part
    gone = {id(node) for node in dropped} | {id(join)}
    alone = {held[0], first}
    if alone & {*graph.outputs} or any(alone & {*node.inputs} for node in graph.nodes if id(node) not in gone):
        return graph
    tensors = dict(graph.tensors)
    tensors[variable] = _longer(tensors[variable], tensors[joined])
    history = dataclasses.replace(join, op=History(), inputs=(variable, new))
    nodes = tuple(history if node is join else node for node in graph.nodes if id(node) not in gone or node is join)
    return dataclasses.replace(graph, nodes=nodes, tensors=tensors)


def _placed(graph: Graph, node: Node) -> tuple[Placement, ...]:
    """How a node's tensors would lie in each other without a copy."""
    return node.op.placements(node, Operands.of(graph, node))


def _ends(graph: Graph, placement: Placement) -> bool:
    """Whether the part is the end of the whole."""
    part, whole = (graph.tensors[t].type.bytes for t in (placement.part, placement.whole))
    return placement.offset + part == whole


def _longer(variable: Tensor, joined: Tensor) -> Tensor:
    """The variable with room for what is joined. What it held stands at the end; the rest moves out before anything reads it."""
    start = variable.start
    if start is not None:
        flat = start.reshape(-1)
        same = bool(np.all(flat == flat[0]))
        start = flat[:1] if same else np.concatenate([np.zeros(joined.type.elements - flat.size, flat.dtype), flat])
    return dataclasses.replace(variable, type=joined.type, start=start)
