"""What a hostile file goes through, and what it may take: everything up to the schedule, in bounded time and memory."""

from __future__ import annotations

import numpy as np

from stator import frontends
from stator.errors import ModelError
from stator.ir import Graph
from stator.ops import Operands, run_reference
from stator.passes import optimise
from stator.schedule import schedule

#: Per file, of processor time and of memory beyond what the imports take; docs/models.md states both.
SECONDS = 20
MEMORY_BYTES = 512 * 1024 * 1024

SUFFIXES = (".tflite", ".onnx")


def taken(suffix: str, data: bytes) -> bool:
    """Reads a file as `compile` and `check` do, and prepares what has been taken. A file that is refused is so with one good message."""
    try:
        frontends.surveyed(data, suffix, "hostile")
    except ModelError as error:
        _is_told(error)
    try:
        graph = frontends.read(data, suffix, "hostile")
    except ModelError as error:
        _is_told(error)
        return False
    use(graph)
    return True


def use(graph: Graph) -> None:
    """Does what the compiler does with a graph: what has been let through must work."""
    for node in graph.nodes:
        on = Operands.of(graph, node)
        node.op.kernel(node, on)
        node.op.in_place(on)
    work = sum(node.op.macs(Operands.of(graph, node)) for node in graph.nodes)
    if work < 1_000_000 and sum(t.type.bytes for t in graph.tensors.values()) < 1_000_000:
        kinds = [graph.tensors[i].type for i in graph.inputs]
        run_reference(graph, [np.full(kind.shape, -128).astype(kind.dtype.numpy) for kind in kinds])
    schedule(optimise(graph))


def _is_told(error: ModelError) -> None:
    """One message that names the model and the remedy, short enough to read and harmless on a terminal."""
    message = str(error)
    assert "'hostile'" in error.what and error.remedy, message
    assert len(message) < 8000 and all(c == "\n" or c.isprintable() for c in message), message[:200]
