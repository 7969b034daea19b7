"""Files that are nearly right: the project's own models, with some bytes, words, fields or links of them made wrong."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import onnx
from flatbuffers.builder import OffsetArithmeticError
from onnx import helper

from stator.data import available
from stator.data.archives import unpacked
from stator.frontends import load
from stator.paths import MODELS
from stator.runtimes.onnx import written
from tests.python import variable_models
from tests.python.every_op import Sample, makers, samples
from tests.python.onnx_models import Net
from tests.python.tflite_builder import TYPES, Model

Generator = np.random.Generator

NUMBERS = (0, 1, -1, 2, 3, 127, 128, 255, -128, 4096, 65535, 2**20, 2**24, 2**31 - 1, -(2**31), 2**62)
SCALES = (0.0, -1.0, 1e-38, 1e-10, 1.0, 1e10, 3e38, float("inf"), float("nan"))


@functools.cache
def seeds(suffix: str) -> tuple[bytes, ...]:
    """Whole files to start from: a small one of every operator, and models that people have."""
    bearing = MODELS / "bearing" / "bearing.tflite"
    if suffix == ".tflite":
        real = sorted((unpacked("mlperf_tiny") / "models").glob("*.tflite")) if available("mlperf_tiny") else []
        made = [next(iter(samples(name, 1, seed=5))).data for name in sorted(makers)]
        stateful = [make(np.random.default_rng(5)) for make in variable_models.MADE.values()]
        return (*made, *stateful, *(file.read_bytes() for file in (bearing, *real)))
    nets = (_residual().quantized(), _residual().quantized(unsigned=True), _residual().quantized(operators=True), _sequence().quantized())
    return (written(load(bearing)), *nets)


def _residual() -> Net:
    n = Net(1, 3, 8, 8)
    n.conv(3, 4, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    first = n.add("Relu")
    n.conv(4, 4, (3, 3), group=4, pads=[1, 1, 1, 1])
    n.add("Add", first)
    n.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    n.add("Pad", n.constant(np.array([0, 0, 1, 0, 0, 0, 1, 1])))
    n.add("GlobalAveragePool")
    n.add("Flatten")
    n.add("Gemm", n.data(4, 5), n.data(5))
    n.add("Softmax")
    return n


def _sequence() -> Net:
    n = Net(1, 4, 12)
    n.conv(4, 6, (3,), pads=[1, 1])
    n.add("Reshape", n.constant(np.array([0, 6, -1])))
    n.add("Transpose", perm=[0, 2, 1])
    n.add("MatMul", n.data(6, 3))
    n.add("Sigmoid")
    return n


def mutant(suffix: str, seed: int, index: int) -> bytes:
    """The same file for the same numbers."""
    rng = np.random.default_rng([seed, index])
    shapers: dict[str, Callable[[Generator], bytes]] = {".tflite": _rebuilt_tflite, ".onnx": _rebuilt_onnx}
    if rng.random() < 0.6:
        return shapers[suffix](rng)
    data = seeds(suffix)[rng.integers(len(seeds(suffix)))]
    return _damaged(data, rng)


def _damaged(data: bytes, rng: Generator) -> bytes:
    """Without knowing the format: bytes and words replaced, parts cut, doubled or exchanged."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(changed)))
        kind = rng.integers(5)
        if kind == 0:
            changed[at] = int(rng.integers(256))
        elif kind == 1:
            at &= ~3
            changed[at : at + 4] = (int(rng.choice(NUMBERS[:15])) % 2**32).to_bytes(4, "little")
        elif kind == 2 and len(changed) > 64:
            del changed[at : at + int(rng.integers(1, 64))]
        elif kind == 3:
            changed[at:at] = changed[at : at + int(rng.integers(1, 64))]
        elif kind == 4 and rng.random() < 0.2:
            del changed[max(at, 16) :]
    return bytes(changed)


# TFLite: the writer is given another model than it was told


def _data(make: Callable[[Generator], Sample]) -> Callable[[Generator], bytes]:
    return lambda rng: make(rng).data


_MAKERS = [*(_data(makers[name]) for name in sorted(makers)), *variable_models.MADE.values()]


def _rebuilt_tflite(rng: Generator) -> bytes:
    """A model of a random operator of which some tensors, options or links are wrong."""
    make, build = _MAKERS[rng.integers(len(_MAKERS))], Model.build

    def wrong(model: Model, inputs: Any, outputs: Any) -> bytes:
        for _ in range(int(rng.integers(1, 3))):
            _spoil(model, rng)
        return build(model, inputs, outputs)

    with mock.patch.object(Model, "build", wrong):
        try:
            return make(rng)
        except (TypeError, ValueError, OverflowError, AttributeError, AssertionError, OffsetArithmeticError):
            return b"what no file can hold"


def _spoil(model: Model, rng: Generator) -> None:
    if model.initial is not None and rng.random() < 0.4:
        model = model.initial
    tensor = model.tensors[rng.integers(len(model.tensors))]
    operator = model.operators[rng.integers(len(model.operators))]
    shape = list(tensor.shape)
    kind = int(rng.integers(12))
    if kind <= 1 and shape:
        shape[rng.integers(len(shape))] = int(rng.choice(NUMBERS[:15])) if kind == 0 else int(rng.integers(1, 9))
        tensor.shape = tuple(shape)
    elif kind == 2:
        tensor.shape = (*shape, 1) if rng.random() < 0.5 else tuple(shape[1:])
    elif kind == 3:
        tensor.dtype = str(rng.choice(sorted(TYPES)))
    elif kind == 4:
        any_scale = rng.choice(SCALES) if rng.random() < 0.4 else 2.0 ** rng.uniform(-12, 3)
        tensor.scales = tuple(float(any_scale) for _ in tensor.scales)
    elif kind == 5:
        point = rng.choice(NUMBERS) if rng.random() < 0.3 else rng.integers(-128, 128)
        tensor.zero_points = tuple(int(point) for _ in tensor.zero_points)
    elif kind == 6:
        tensor.data = None if rng.random() < 0.3 else bytes(rng.integers(0, 256, len(tensor.data or b""), dtype=np.uint8))
    elif kind == 7:
        operator.inputs = _relinked(operator.inputs, len(model.tensors), rng)
    elif kind == 8:
        operator.outputs = _relinked(operator.outputs, len(model.tensors), rng)
    elif kind == 9 and operator.options:
        field = str(rng.choice(sorted(operator.options)))
        value, many = (
            int(rng.choice(NUMBERS[:15]) if rng.random() < 0.3 else rng.integers(0, 5)),
            isinstance(operator.options[field], list | tuple),
        )
        operator.options = {**operator.options, field: [value] * int(rng.integers(0, 9)) if many else value}
    elif kind == 10:
        operator.name = str(rng.choice(sorted(makers))).partition("__")[0].upper()
    elif kind == 11:
        model.operators.extend(copy.copy(operator) for _ in range(int(rng.choice([1, 3, 400]))))


def _relinked(indices: tuple[int, ...], count: int, rng: Generator) -> tuple[int, ...]:
    if not indices or rng.random() < 0.2:
        return indices[1:]
    changed = list(indices)
    changed[rng.integers(len(changed))] = int(rng.integers(-1, count + 1))
    return tuple(changed)


# ONNX: fields of the messages


def _rebuilt_onnx(rng: Generator) -> bytes:
    model = onnx.ModelProto()
    model.ParseFromString(seeds(".onnx")[rng.integers(len(seeds(".onnx")))])
    for _ in range(int(rng.integers(1, 4))):
        _spoil_onnx(model, rng)
    return bytes(model.SerializeToString())


def _spoil_onnx(model: Any, rng: Generator) -> None:
    graph = model.graph
    node = graph.node[rng.integers(len(graph.node))]
    tensor = graph.initializer[rng.integers(len(graph.initializer))]
    number, kind = int(rng.choice(NUMBERS)), int(rng.integers(13))
    if kind == 0 and node.input:
        names = [name for other in graph.node for name in (*other.input, *other.output)]
        node.input[rng.integers(len(node.input))] = str(rng.choice(names))
    elif kind == 1 and node.attribute:
        attribute = node.attribute[rng.integers(len(node.attribute))]
        attribute.i, attribute.f = number, float(rng.choice(SCALES))
        if attribute.ints:
            attribute.ints[rng.integers(len(attribute.ints))] = number
    elif kind == 2:
        node.op_type = str(rng.choice(sorted({other.op_type for other in graph.node})))
    elif kind == 3 and len(graph.node) > 1:
        graph.node.remove(node)
    elif kind == 4:
        graph.node.extend([node] * int(rng.choice([1, 500])))
    elif kind == 5 and tensor.dims:
        tensor.dims[rng.integers(len(tensor.dims))] = number
    elif kind == 6:
        tensor.data_type = int(rng.integers(0, 24))
    elif kind == 7:
        values = np.array([rng.choice([*SCALES, *NUMBERS])], np.float64).astype(np.float32).tobytes()
        tensor.raw_data = (values * (len(tensor.raw_data) // 4 + 1))[: len(tensor.raw_data)]
    elif kind == 8:
        graph.input[0].type.tensor_type.shape.dim[-1].dim_value = number
    elif kind == 9:
        node.output[0] = str(rng.choice([other.output[0] for other in graph.node]))
    elif kind == 10:
        node.input.append(str(rng.choice([t.name for t in graph.initializer])))
    elif kind == 11:
        node.attribute.append(
            helper.make_attribute(str(rng.choice(["axis", "axes", "pads", "group", "perm", "strides"])), [number % 2**40] * 2)
        )
    elif kind == 12:
        inner = helper.make_graph([], "deep", [], [])
        for _ in range(int(rng.choice([1, 20]))):
            inner = helper.make_graph([helper.make_node("If", ["c"], ["y"], then_branch=inner)], "deep", [], [])
        graph.node.append(helper.make_node("If", ["c"], ["z"], then_branch=inner))
