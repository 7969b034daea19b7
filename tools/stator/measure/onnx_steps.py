"""How far a model's outputs are from onnxruntime's, in steps of the output's scale, and how far they may be (docs/onnx.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from stator.errors import ModelError
from stator.ir import Graph
from stator.measure.inference import Arrays
from stator.ops import Array, first_state, run_reference

#: Steps that a layer may be apart, as docs/onnx.md measures them; what only moves bytes is not apart at all.
STEPS = {"ADD": 2, "ELU": 2, "LEAKY_RELU": 2, "SUB": 2, "DIV": 3, "LOGISTIC": 3, "MUL": 3, "SOFTMAX": 3, "TANH": 3}
MOVES = ("CONCATENATION", "MAX_POOL_2D", "PAD", "PADV2", "RESHAPE", "SLICE", "SPLIT", "SQUEEZE", "TRANSPOSE")


@dataclass(frozen=True, slots=True)
class Apart:
    """The farthest output value, how many steps it may be, and the share of output values that differ."""

    steps: int
    allowed: int
    share: float

    def fields(self) -> dict[str, object]:
        return {"steps_apart": self.steps, "steps_allowed": self.allowed, "outputs_apart": round(self.share, 4)}


def name() -> str:
    """Raises ModelError where onnxruntime is not installed."""
    try:
        return f"onnxruntime {version('onnxruntime')}"
    except PackageNotFoundError:
        raise ModelError("onnxruntime is not installed, so nothing can be compared with it", remedy="./inv, which installs it") from None


def allowed(graph: Graph) -> int:
    """Of the outputs: the sum along the path that allows most, a layer's own steps added to the most that an input of it may be apart."""
    may: dict[int, int] = {}
    for node in graph.nodes:
        own = 0 if node.op.name in MOVES else STEPS.get(node.op.name, 1)
        most = own + max((may.get(i, 0) for i in node.inputs), default=0)
        may.update(dict.fromkeys(node.outputs, most))
    return max(may.get(i, 0) for i in graph.outputs)


def apart(model: Path, graph: Graph, sets: Sequence[Arrays]) -> Apart:
    """Runs the file with onnxruntime for inputs as the graph takes them. Raises ModelError where onnxruntime refuses it."""
    import onnxruntime as ort  # noqa: PLC0415 (takes a second; only ONNX files need it)

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    state, worst, differ, total = first_state(graph), 0, 0, 0
    try:
        session = ort.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
        for arrays in sets:
            given = zip(session.get_inputs(), graph.inputs, arrays, strict=True)
            theirs = session.run(None, {entry.name: _real(graph, tensor, array) for entry, tensor, array in given})
            values = run_reference(graph, arrays, state)
            for tensor, real in zip(graph.outputs, theirs, strict=True):
                steps = np.abs(values[tensor].astype(np.int64) - _quantized(graph, tensor, real).reshape(values[tensor].shape))
                worst, differ, total = max(worst, int(steps.max())), differ + int(np.count_nonzero(steps)), total + steps.size
    except Exception as error:  # whatever a hostile file makes of it: onnxruntime has no base class for its errors
        raise ModelError(f"{model.name}: onnxruntime does not run it: {' '.join(str(error).split())[:200]}") from None
    return Apart(worst, allowed(graph), differ / total)


def _real(graph: Graph, tensor: int, array: Array) -> Array:
    quant = graph.tensors[tensor].type.quant
    assert quant is not None
    return (array.astype(np.float32) - np.float32(quant.zero_point)) * np.float32(quant.scale)


def _quantized(graph: Graph, tensor: int, given: Any) -> Array:
    """On the scale of our output; a file may give it quantized, too."""
    quant = graph.tensors[tensor].type.quant
    assert quant is not None
    if given.dtype == np.uint8:
        return np.asarray(given, np.int64) - 128
    real: Array = np.asarray(given, np.float64) / quant.scale + quant.zero_point if given.dtype.kind == "f" else given
    return np.rint(real).astype(np.int64)
