"""The verifier: what every stage may rely on. Runs on what a front end has read and after every pass."""

from __future__ import annotations

import numpy as np

from stator.channels import MAX_CHANNELS, Bounds, channels, everything
from stator.errors import ModelError
from stator.ir import DType, Graph
from stator.ops import Operands, Operator, Refusal
from stator.ops._variables import ReadVariable
from stator.ops.quantize import Quantize
from stator.ops.softmax import Softmax

#: All constants that nodes read, each counted as often as it is read: bounds the work on a graph that reads one table often.
MAX_CONSTANT_BYTES = 64 * 1024 * 1024


def verify(graph: Graph) -> None:
    """Raises ModelError unless `graph` can run as it stands.

    That is: the order of nodes lets every tensor be written before it is read, and once; inputs, outputs and operands exist;
    constants have their type's shape and element type; every operator takes its operands; and every output has the type that its
    operator infers.
    """
    where = f"model '{graph.name}'"
    again = "convert the model again; the file is not a valid model"
    for tensor in graph.tensors.values():
        if tensor.data is not None and (tensor.data.shape != tensor.type.shape or tensor.data.dtype != tensor.type.dtype.numpy):
            raise ModelError(f"{where}: constant '{tensor.name}' is not what its type says", remedy=again)
    for what, indices in (("inputs", graph.inputs), ("outputs", graph.outputs)):
        if not indices or len(set(indices)) != len(indices):
            raise ModelError(f"{where}: {what} {list(indices)} are empty or repeat", remedy=again)
        for index in indices:
            if index not in graph.tensors or graph.tensors[index].constant:
                raise ModelError(f"{where}: {what[:-1]} {index} does not exist or is a constant", remedy=again)
    if not graph.nodes:
        raise ModelError(f"{where} has no operators", remedy=again)

    variables = {t.index for t in graph.variables()}
    if any(graph.tensors[i].constant for i in variables) or variables & {*graph.inputs, *graph.outputs}:
        raise ModelError(f"{where}: a variable is a constant, an input or an output", remedy=again)
    written = {t.index for t in graph.constants()} | set(graph.inputs) | variables
    updated: set[int] = set()
    constant_bytes = 0
    for node in graph.nodes:
        place = f"{where}, node {node.index} ({node.op.name})"
        if not node.outputs:
            raise ModelError(f"{place}: writes nothing", remedy=again)
        for index in node.inputs:
            if index == -1:
                continue
            if index not in graph.tensors:
                raise ModelError(f"{place}: reads tensor {index}, which does not exist", remedy=again)
            tensor = graph.tensors[index]
            if index not in written:
                raise ModelError(
                    f"{place}: reads tensor {index} ('{tensor.name}') before anything writes it",
                    remedy="the nodes are out of order or in a cycle; " + again,
                )
            constant_bytes += tensor.type.bytes if tensor.constant else 0
        if constant_bytes > MAX_CONSTANT_BYTES:
            raise ModelError(f"{where}: its nodes read more than {MAX_CONSTANT_BYTES:,} B of constants", remedy="use a smaller model")
        states = {node.inputs[i] for i in node.op.states() if i < len(node.inputs)}
        looks = variables.intersection(node.inputs) - states
        untimely = looks and (looks & updated or type(node.op) is not ReadVariable)
        if untimely or not states <= variables or len(states) != len(node.op.states()) or states & updated:
            raise ModelError(
                f"{place}: reads a variable that it does not update, or lacks one, or shares it",
                remedy="each state needs one operator that reads and updates it; " + again,
            )
        updated |= states
        for index in node.outputs:
            if index not in graph.tensors:
                raise ModelError(f"{place}: writes tensor {index}, which does not exist", remedy=again)
            if index in written:
                raise ModelError(f"{place}: writes tensor {index}, which is an input, a constant or written already", remedy=again)
            written.add(index)
        verify_types(place, node.op, Operands.of(graph, node))
    for index in graph.outputs:
        if index not in written or index in graph.inputs:
            raise ModelError(f"{where}: nothing writes output {index}", remedy=again)


def _no_wide_zero_points(op: Operator, on: Operands) -> None:
    """INT16 has no zero point but where a SOFTMAX of INT8 writes it, and then only QUANTIZE takes it."""
    if isinstance(op, Quantize):
        return
    for tensor in (*on.inputs, *(() if isinstance(op, Softmax) else on.outputs)):
        if tensor is not None and tensor.type.dtype is DType.INT16 and tensor.type.quant is not None and any(tensor.type.quant.zero_points):
            raise Refusal(f"'{tensor.name}' is INT16 with a zero point", remedy="let the model end with its SOFTMAX", unsupported=True)


def verify_types(place: str, op: Operator, on: Operands) -> None:
    """Raises ModelError unless the operator takes its operands and its outputs have the types that it infers."""
    again = "convert the model again"
    try:
        _no_wide_zero_points(op, on)
        op.check(on)
        inferred = op.infer(on)
    except Refusal as refusal:
        raise refusal.at(place) from None
    if len(inferred) != len(on.outputs):
        raise ModelError(f"{place}: has {len(on.outputs)} outputs, and {len(inferred)} follow from its inputs", remedy=again)
    for output, want in zip(on.outputs, inferred, strict=True):
        have = output.type
        if (have.shape, have.dtype) != (want.shape, want.dtype):
            raise ModelError(
                f"{place}: output '{output.name}' is {have.dtype.value}{list(have.shape)}, "
                f"and {want.dtype.value}{list(want.shape)} follows from its inputs",
                remedy=again,
            )
    operands = [t.type for t in (*on.inputs, *on.outputs) if t is not None]
    if sum(channels(kind) for kind in operands) <= MAX_CHANNELS:
        bounds = [None if t is None else Bounds.whole(t.type) for t in on.inputs]
        masks = [np.ones(1, dtype=np.bool_) if t is None else everything(t.type) for t in on.inputs]
        known, _ = op.keeps(on, bounds, masks, [everything(t.type) for t in on.outputs])
        if len(known) != len(on.inputs):
            raise ModelError(f"{place}: has {len(on.inputs)} inputs, and takes {len(known)}", remedy=again)
