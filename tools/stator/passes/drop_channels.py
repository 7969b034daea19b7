"""Drops channels that change no output: those whose readers' weights are all zero, and those that always hold one value, where
what they add can be part of the reader's bias."""

from __future__ import annotations

import dataclasses

import numpy as np

from stator.channels import MAX_CHANNELS, Bounds, Mask, channels, everything
from stator.ir import DType, Graph, Node, Tensor
from stator.ops import Operands


def drop_channels(graph: Graph) -> Graph:
    """What is left of every tensor is bit for bit what it was. Inputs and outputs of the graph stay whole.

    Two facts flow through the graph, each to its fixed point: forwards, between which values a channel moves; backwards, which
    channels somebody reads. A channel that nobody reads is cut out of the tensor, and its weights on both sides with it.
    Nothing is dropped from a graph of more than MAX_CHANNELS channels, which no model for a microcontroller has.
    """
    if sum(channels(tensor.type) for tensor in graph.tensors.values()) > MAX_CHANNELS:
        return graph
    bounds = _bounds(graph)
    kept = _kept(graph, bounds)
    if all(mask.all() for mask in kept.values()):
        return graph
    tensors = dict(graph.tensors)
    for index, mask in kept.items():
        tensors[index] = _cut(tensors[index], mask)
    fresh = max(tensors, default=0) + 1
    nodes = []
    for node in graph.nodes:
        on = Operands.of(graph, node)
        masks = _masks(graph, kept, node)
        outputs = [kept[i] for i in node.outputs]
        if all(mask.all() for mask in (*masks, *outputs)):
            nodes.append(node)
            continue
        op, new = node.op.narrowed(on, [bounds.get(i) for i in node.inputs], masks, outputs)
        inputs = list(node.inputs) + [-1] * (max(new, default=0) + 1 - len(node.inputs))
        for position, tensor in new.items():
            inputs[position] = -1
            if tensor is not None:
                inputs[position], tensors[fresh] = fresh, dataclasses.replace(tensor, index=fresh)
                fresh += 1
        nodes.append(Node(node.index, op, tuple(inputs), node.outputs))
    named = {i for node in nodes for i in (*node.inputs, *node.outputs)} | set(graph.inputs)
    left = {i: np.flatnonzero(mask) for i, mask in kept.items() if not mask.all()}
    before = graph.channels
    return dataclasses.replace(
        graph,
        nodes=tuple(nodes),
        tensors={i: t for i, t in tensors.items() if i in named},
        channels={**before, **{i: before[i][rest] if i in before else rest for i, rest in left.items()}},
    )


def _bounds(graph: Graph) -> dict[int, Bounds]:
    """Of every tensor."""
    bounds = {i: Bounds.whole(graph.tensors[i].type) for i in graph.inputs}
    for tensor in graph.constants():
        data = tensor.data
        known = data is not None and data.size and tensor.type.dtype is DType.INT8
        bounds[tensor.index] = Bounds.of(data) if data is not None and known else Bounds.whole(tensor.type)
    for node in graph.nodes:
        given = node.op.bounds(Operands.of(graph, node), *(bounds.get(i) for i in node.inputs))
        bounds.update(zip(node.outputs, given, strict=True))
    return bounds


def _kept(graph: Graph, bounds: dict[int, Bounds]) -> dict[int, Mask]:
    """The channels of every tensor that is not a constant that must stay; at least one of each."""
    whole = {*graph.inputs, *graph.outputs}
    kept = {i: everything(t.type) & (i in whole) for i, t in graph.tensors.items() if not t.constant}
    while True:
        before = sum(int(mask.sum()) for mask in kept.values())
        for node in reversed(graph.nodes):
            masks = _masks(graph, kept, node)
            inputs, outputs = node.op.keeps(
                Operands.of(graph, node), [bounds.get(i) for i in node.inputs], masks, [kept[i] for i in node.outputs]
            )
            for index, mask in (*zip(node.inputs, inputs, strict=True), *zip(node.outputs, outputs, strict=True)):
                if index in kept:
                    kept[index] = kept[index] | mask
        if sum(int(mask.sum()) for mask in kept.values()) == before:
            empty = [i for i, mask in kept.items() if not mask.any()]
            if not empty:
                return kept
            for index in empty:
                kept[index][0] = True


def _masks(graph: Graph, kept: dict[int, Mask], node: Node) -> list[Mask]:
    """Of the node's inputs: all of a constant's channels, one channel of what is absent."""
    return [np.ones(1, dtype=np.bool_) if i < 0 else kept.get(i, everything(graph.tensors[i].type)) for i in node.inputs]


def _cut(tensor: Tensor, kept: Mask) -> Tensor:
    if kept.all():
        return tensor
    return dataclasses.replace(tensor, type=dataclasses.replace(tensor.type, shape=(*tensor.type.shape[:-1], int(kept.sum()))))
