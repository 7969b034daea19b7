"""ONNX files with quantization as QuantizeLinear and DequantizeLinear (QDQ), or as QOperator, opset 13 and later, by the package `onnx`.

A layer between a DequantizeLinear and a QuantizeLinear becomes one INT8 operator; UINT8 is shifted to INT8. What the graph quantizes
first and dequantizes last is the model's input and output: both are INT8, in the order of elements that ONNX has. Layers are computed
in the fixed point that TFLite specifies, so that an output can differ from onnxruntime's (scales in float, halves to even) by a step:
docs/onnx.md says how much, as measured.

Every byte is hostile. protobuf checks its own bounds and nesting; this file limits counts and sizes before it allocates, refuses data
outside of the file, functions and subgraphs, and takes nodes only in an order in which they can run.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from stator.errors import ModelError, StatorError, UnsupportedOperator
from stator.frontends import Seen, Survey
from stator.frontends._onnx_build import MAX_ELEMENTS, Array, Builder, Layout, Value
from stator.frontends._onnx_qoperator import as_layers, is_kind
from stator.ir import DType, Graph, Quantization, TensorType
from stator.passes.fold_constants import fold_constants
from stator.passes.verify import verify

SUFFIXES = (".onnx",)

OPSETS = range(13, 26)
MAX_FILE_NODES = 8192
MAX_OPERANDS = 64
MAX_INITIALIZERS = 8192
MAX_INTEGERS = 64
MAX_NAME = 120
MAX_RANK = 6

_TYPES = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.INT8: np.int8,
    onnx.TensorProto.UINT8: np.uint8,
    onnx.TensorProto.INT32: np.int32,
    onnx.TensorProto.INT64: np.int64,
    onnx.TensorProto.BOOL: np.bool_,
}
_BROKEN = (ValueError, TypeError, IndexError, OverflowError, KeyError, UnicodeError)
_STEPS = ("QuantizeLinear", "DequantizeLinear")


def read(data: bytes, name: str) -> Graph:
    """Reads the bytes of an .onnx file. Raises ModelError or UnsupportedOperator."""
    importer = Importer(_parsed(data, name), name)
    try:
        graph = importer.graph(hashlib.sha256(data).hexdigest())
    except _BROKEN as error:
        raise ModelError(
            f"{importer.build.place}: corrupt", details=(str(error)[:200],), remedy="export the model again; onnx.checker may say more"
        ) from None
    graph = fold_constants(graph)
    verify(graph)
    return graph


def survey(data: bytes, name: str) -> Survey:
    """Every operator, by the names of the INT8 operators that it becomes; by ONNX's own where the file is not taken."""
    from stator.frontends._onnx_ops import HANDLERS  # noqa: PLC0415 (it needs this module)

    try:
        graph = read(data, name)
    except StatorError as error:
        seen = []
        for index, node in enumerate(_parsed(data, name).graph.node[:MAX_FILE_NODES]):
            kind = clean(node.op_type) or "without a name"
            known = kind in HANDLERS or kind in _STEPS or is_kind(node)
            problem = None if known else UnsupportedOperator(f"model '{name}', node {index} ({kind}): Stator does not have this operator")
            seen.append(Seen(index, kind, clean(node.output[0]) if node.output else "", "", problem))
        return Survey(name, tuple(seen), error)
    found = []
    for node in graph.nodes:
        first = next((graph.tensors[i] for i in node.inputs if i >= 0), None)
        dtype = "" if first is None else first.type.dtype.value
        found.append(Seen(node.index, node.op.name, graph.tensors[node.outputs[0]].name, dtype))
    return Survey(name, tuple(found))


def clean(text: str | bytes) -> str:
    """A text of the file, cut, and harmless in messages and in C comments. protobuf gives one that is no UTF-8 as bytes."""
    cut = text[:MAX_NAME] if isinstance(text, str) else text[:MAX_NAME].decode("ascii", errors="replace")
    return re.sub(r"[^A-Za-z0-9_./:;,+\-\[\]() ]", "_", cut)


def _parsed(data: bytes, name: str) -> Any:
    """The file's message, with nothing in it that is outside of it."""
    where = f"model '{name}'"
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, RuntimeError, ValueError):
        raise ModelError(f"{where} is no ONNX file, or a truncated one", remedy="copy or export the model again") from None
    if not model.graph.node:
        raise ModelError(f"{where} has no operators, or is no ONNX file", remedy="check the path")
    for what, count, limit in (
        ("nodes", len(model.graph.node), MAX_FILE_NODES),
        ("initializers", len(model.graph.initializer), MAX_INITIALIZERS),
        ("inputs", len(model.graph.input), MAX_INITIALIZERS),
        ("outputs", len(model.graph.output), MAX_OPERANDS),
    ):
        if count > limit:
            raise ModelError(f"{where} says it has {count:,} {what}, and at most {limit:,} are taken", remedy="use a smaller model")
    if model.functions or model.graph.sparse_initializer:
        raise ModelError(f"{where} has functions of its own or sparse weights", remedy="export without them")
    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    if opset not in OPSETS:
        raise ModelError(f"{where} has opset {opset}, and {OPSETS[0]} to {OPSETS[-1]} are taken", remedy="export with opset 13 or later")
    return model


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A quantized constant: real = scales * (values - zero_points), per tensor or along `axis`. INT8, UINT8 or INT32 values."""

    values: Array
    scales: Array
    zero_points: Array
    axis: int | None

    @property
    def real(self) -> Array:
        """float64"""
        shape = [1] * self.values.ndim
        if self.axis is not None:
            shape[self.axis] = -1
        scaled: Array = (self.values.astype(np.float64) - self.zero_points.reshape(shape)) * self.scales.astype(np.float64).reshape(shape)
        return scaled

    def signed(self) -> Constant:
        """UINT8 as INT8, 128 lower."""
        if self.values.dtype != np.uint8:
            return self
        return Constant((self.values.astype(np.int16) - 128).astype(np.int8), self.scales, self.zero_points - 128, self.axis)


class Node:
    """One node of the file: names of what it reads and writes, and its attributes by name with limits."""

    def __init__(self, raw: Any, index: int, place: str) -> None:
        self.index = index
        self.kind = str(raw.op_type)
        self.domain = str(raw.domain)
        if len(raw.input) > MAX_OPERANDS or len(raw.output) > MAX_OPERANDS or len(raw.attribute) > MAX_OPERANDS:
            raise ValueError(f"node {index} has more than {MAX_OPERANDS} inputs, outputs or attributes")
        self.inputs = tuple(raw.input)
        self.outputs = tuple(raw.output)
        self._attributes = {a.name: a for a in raw.attribute}
        for a in raw.attribute:
            if a.HasField("g") or a.graphs:
                raise UnsupportedOperator(
                    f"{place}, node {index} ({clean(self.kind)}): holds a graph of its own", remedy="export without control flow"
                )

    def input(self, position: int) -> str:
        """The name of an input; "" for one that is absent."""
        return self.inputs[position] if position < len(self.inputs) else ""

    def integer(self, name: str, default: int) -> int:
        return int(self._attributes[name].i) if name in self._attributes else default

    def real(self, name: str, default: float) -> float:
        value = float(self._attributes[name].f) if name in self._attributes else default
        if not math.isfinite(value):
            raise ValueError(f"attribute {name} is {value}")
        return value

    def text(self, name: str, default: str) -> str:
        return self._attributes[name].s.decode("ascii") if name in self._attributes else default

    def integers(self, name: str, default: Sequence[int]) -> tuple[int, ...]:
        if name not in self._attributes:
            return tuple(default)
        values = self._attributes[name].ints
        if len(values) > MAX_INTEGERS or any(abs(v) > 2**31 for v in values):
            raise ValueError(f"attribute {name} is out of range")
        return tuple(int(v) for v in values)

    def tensor(self, name: str) -> Any:
        return self._attributes[name].t if name in self._attributes and self._attributes[name].HasField("t") else None


class Importer:
    """Takes the nodes one after the other. `floats` are the float values, `steps` the quantized ones, by ONNX's names."""

    def __init__(self, model: Any, name: str) -> None:
        self.name = name
        self.raw = model.graph
        self.build = Builder(f"model '{name}'")
        self.constants: dict[str, Array] = {}
        self.quantized: dict[str, Constant] = {}
        self.floats: dict[str, Value] = {}
        self.steps: dict[str, Value] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}  # of inputs that have no scale yet
        self.inputs: dict[str, int] = {}
        self.done: set[int] = set()  # nodes that another one has merged into itself
        self.readers: dict[str, list[Node]] = {}

    def graph(self, sha256: str) -> Graph:
        from stator.frontends._onnx_ops import HANDLERS  # noqa: PLC0415 (it needs this module)

        for initializer in self.raw.initializer:
            self.constants[initializer.name] = self._array(initializer, clean(initializer.name))
        nodes = [Node(raw, index, self.build.place) for index, raw in as_layers([*self.raw.node], self.constants, self.build.place)]
        for node in nodes:
            for read_ in set(node.inputs) - {""}:
                self.readers.setdefault(read_, []).append(node)
        for entry in self.raw.input:
            if entry.name not in self.constants:
                self.shapes[entry.name] = self._input_shape(entry)
        writes = Counter(name for node in nodes for name in node.outputs if name)
        again = [name for name, count in writes.items() if count > 1 or name in self.constants or name in self.shapes]
        if again:
            raise ModelError(f"model '{self.name}': '{clean(again[0])}' is written more than once", remedy="export the model again")
        for node in nodes:
            if node.kind == "Constant" and node.domain in ("", "ai.onnx"):
                HANDLERS["Constant"](self, node)
                self.done.add(node.index)
        missing: list[str] = []
        for node in nodes:
            self.build.place = f"model '{self.name}', node {node.index} ({clean(node.kind)})"
            if node.index in self.done:
                continue
            if node.kind in _STEPS and node.domain in ("", "ai.onnx", "com.microsoft"):
                self._quantize(node) if node.kind == "QuantizeLinear" else self._dequantize(node)
                continue
            handler = HANDLERS.get(node.kind) if node.domain in ("", "ai.onnx") else None
            if handler is None:
                missing.append(f"node {node.index}: {clean(node.kind)}")
                break
            handler(self, node)
        if missing:
            raise UnsupportedOperator(
                f"model '{self.name}' uses operators that Stator does not take from ONNX",
                details=missing,
                remedy=f"build the model from {', '.join(sorted(HANDLERS))}",
            )
        return self._whole(sha256)

    def _whole(self, sha256: str) -> Graph:
        self.build.place = f"model '{self.name}'"
        outputs = []
        for entry in self.raw.output:
            value = self.steps.get(entry.name) or self.floats.get(entry.name)
            if value is None:
                raise ModelError(f"model '{self.name}': nothing computes output '{clean(entry.name)}'", remedy="export the model again")
            outputs.append(self.build.plain(value).tensor)
        if self.shapes:
            names = ", ".join(clean(name) for name in self.shapes)
            raise UnsupportedOperator(
                f"model '{self.name}': input {names} is read without QuantizeLinear",
                remedy="quantize the whole model (onnxruntime.quantization.quantize_static, QDQ), or compile --calibrate DIR",
            )
        build = self.build
        return Graph(self.name, sha256, build.tensors, tuple(build.nodes), tuple(self.inputs.values()), tuple(outputs))

    # what nodes read

    def value(self, name: str) -> Value:
        """A float value that lies in an INT8 tensor. Raises ModelError."""
        if name in self.floats:
            return self.floats[name]
        place = self.build.place
        if name in self.shapes or name in self.steps:
            raise UnsupportedOperator(
                f"{place}: reads '{clean(name)}', which is not quantized",
                remedy="quantize the whole model (onnxruntime.quantization.quantize_static, QDQ), or compile --calibrate DIR",
            )
        if name in self.constants or name in self.quantized:
            raise UnsupportedOperator(f"{place}: reads the constant '{clean(name)}' where it needs a result", remedy="fold constants first")
        raise ModelError(f"{place}: reads '{clean(name)}' before anything writes it", remedy="the nodes are out of order or in a cycle")

    def is_constant(self, name: str) -> bool:
        return name in self.constants or name in self.quantized

    def constant(self, name: str, what: str) -> Constant:
        """A constant of INT8 per tensor or per channel; a float one is quantized here, with one scale."""
        if name in self.quantized:
            return self.quantized[name].signed()
        if name in self.constants and self.constants[name].dtype == np.float32:
            real = self.real(name, what)
            largest = float(np.abs(real).max()) if real.size else 0.0
            scale = np.array([max(largest / 127, 1e-30)])
            return Constant(np.rint(real / scale).clip(-127, 127).astype(np.int8), scale, np.zeros(1, np.int64), None)
        raise UnsupportedOperator(f"{self.build.place}: {what} ('{clean(name)}') are not constant", remedy="freeze the weights")

    def real(self, name: str, what: str) -> Array:
        """A constant's real values, float64."""
        if name in self.quantized:
            return self.quantized[name].real
        if name in self.constants:
            values = self.constants[name].astype(np.float64)
            if not bool(np.isfinite(values).all()):
                raise ModelError(f"{self.build.place}: {what} ('{clean(name)}') are not finite", remedy="train or export again")
            return values
        raise UnsupportedOperator(f"{self.build.place}: {what} ('{clean(name)}') are not constant", remedy="fold constants first")

    def integers(self, name: str, what: str) -> tuple[int, ...]:
        """A constant's few whole numbers: a shape, paddings, axes."""
        values = self.constants.get(name)
        if values is None or values.dtype not in (np.int64, np.int32) or values.size > MAX_INTEGERS:
            raise UnsupportedOperator(f"{self.build.place}: {what} ('{clean(name)}') are not known", remedy="export with fixed shapes")
        return tuple(int(v) for v in values.reshape(-1))

    # what nodes write

    def wanted(self, name: str) -> Quantization | None:
        """Scale and zero point that the next QuantizeLinear gives the value, past operators that only move it; None without one."""
        for _ in range(16):
            readers = self.readers.get(name, [])
            for reader in readers:
                if reader.kind == "QuantizeLinear" and reader.inputs[0] == name:
                    return self._quant(reader)
            if len(readers) != 1 or readers[0].kind not in _MOVING or not readers[0].outputs:
                return None
            name = readers[0].outputs[0]
        return None

    def needed(self, name: str) -> Quantization:
        """The same for an operator that cannot do without."""
        found = self.wanted(name)
        if found is None:
            raise UnsupportedOperator(
                f"{self.build.place}: its output '{clean(name)}' is not quantized",
                remedy="quantize the whole model, the outputs too (onnxruntime.quantization.quantize_static, QDQ)",
            )
        return found

    def fused(self, node: Node) -> tuple[int, str]:
        """The activation that follows at once, as TFLite numbers it, and the name of the result."""
        name = node.outputs[0]
        readers = self.readers.get(name, [])
        if len(readers) == 1 and name not in {entry.name for entry in self.raw.output} and readers[0].outputs:
            after = readers[0]
            code = {"Relu": 1, "Clip": self.clipping(after)}.get(after.kind) if after.kind in ("Relu", "Clip") else None
            if code is not None and after.inputs[0] == name:
                self.done.add(after.index)
                return code, after.outputs[0]
        return 0, name

    def clipping(self, node: Node) -> int | None:
        """What a Clip is among TFLite's activations."""
        if node.kind != "Clip":
            return None
        return {(0.0, math.inf): 1, (-1.0, 1.0): 2, (0.0, 6.0): 3}.get(self.bounds(node))

    def bounds(self, node: Node) -> tuple[float, float]:
        """Of a Clip."""
        low, high = node.input(1), node.input(2)
        least = float(self.real(low, "the least value").reshape(-1)[0]) if low else -math.inf
        return least, float(self.real(high, "the greatest value").reshape(-1)[0]) if high else math.inf

    # quantization

    def _quant(self, node: Node) -> Quantization:
        """One scale and zero point of a QuantizeLinear or DequantizeLinear, of UINT8 128 lower."""
        scales, zero_points, dtype = self._parameters(node)
        if len(scales) != 1:
            raise UnsupportedOperator(f"{self.build.place}: a scale per channel of an activation", remedy="quantize activations per tensor")
        if dtype not in (np.int8, np.uint8):
            raise UnsupportedOperator(f"{self.build.place}: quantizes to {dtype}", remedy="quantize activations to INT8 or UINT8")
        return Quantization((float(scales[0]),), (int(zero_points[0]) - (128 if dtype == np.uint8 else 0),))

    def _parameters(self, node: Node) -> tuple[Array, Array, Any]:
        scale = self.constants.get(node.input(1))
        if scale is None or scale.ndim > 1 or scale.size < 1 or scale.dtype != np.float32:
            raise UnsupportedOperator(f"{self.build.place}: its scale is not a constant of float", remedy="use static quantization")
        if not bool(np.all(np.isfinite(scale) & (scale > 0))):
            raise ModelError(f"{self.build.place}: a scale that is zero, negative or not finite", remedy="calibrate with real data")
        if node.integer("block_size", 0):
            raise UnsupportedOperator(f"{self.build.place}: quantizes by blocks", remedy="quantize per tensor or per channel")
        if not node.input(2):
            return scale.reshape(-1), np.zeros(scale.size, np.int64), np.dtype(np.uint8)
        zero_point = self.constants.get(node.input(2))
        if zero_point is None or zero_point.size != scale.size:
            raise UnsupportedOperator(
                f"{self.build.place}: its zero point is not a constant like its scale", remedy="use static quantization"
            )
        return scale.reshape(-1), zero_point.reshape(-1).astype(np.int64), zero_point.dtype

    def _quantize(self, node: Node) -> None:
        source, target = node.input(0), node.outputs[0]
        if source in self.constants:
            self._quantize_constant(node)
            return
        quant = self._quant(node)
        if source in self.shapes:
            self._input(source, quant)
        self.steps[target] = self.build.requantized(self.value(source), quant)

    def _quantize_constant(self, node: Node) -> None:
        """Weights that the file keeps as floats."""
        scales, zero_points, dtype = self._parameters(node)
        if dtype not in (np.int8, np.uint8):
            raise UnsupportedOperator(f"{self.build.place}: quantizes to {dtype}", remedy="quantize weights to INT8")
        self.build.spend(self.constants[node.input(0)].size)
        real, axis = self.real(node.input(0), "its input"), self._axis(node, self.constants[node.input(0)], scales)
        shape = [1] * real.ndim
        if axis is not None:
            shape[axis] = -1
        info = np.iinfo(dtype)
        ratio = (real.astype(np.float32) / scales.reshape(shape)).astype(np.float64)
        self.constants[node.outputs[0]] = np.clip(np.rint(ratio) + zero_points.reshape(shape), info.min, info.max).astype(dtype)

    @staticmethod
    def _axis(node: Node, values: Array, scales: Array) -> int | None:
        if len(scales) == 1:
            return None
        axis = node.integer("axis", 1)
        axis += values.ndim if axis < 0 else 0
        if not 0 <= axis < values.ndim or values.shape[axis] != len(scales):
            raise ValueError(f"{len(scales)} scales along axis {axis} of {values.shape}")
        return axis

    def _dequantize(self, node: Node) -> None:
        source, target = node.input(0), node.outputs[0]
        if source in self.constants:
            values = self.constants[source]
            scales, zero_points, _ = self._parameters(node)
            if values.dtype not in (np.int8, np.uint8, np.int32):
                raise UnsupportedOperator(f"{self.build.place}: constants of {values.dtype}", remedy="quantize weights to INT8")
            self.quantized[target] = Constant(values, scales, zero_points, self._axis(node, values, scales))
            return
        quant = self._quant(node)
        if source in self.shapes:
            self._input(source, quant)
            self.steps[source] = self.floats.pop(source)
        if source not in self.steps:
            raise ModelError(f"{self.build.place}: reads '{clean(source)}' before anything writes it", remedy="the nodes are out of order")
        if self.steps[source].quant != quant:
            raise UnsupportedOperator(f"{self.build.place}: its scale is not that of its input", remedy="quantize the model again")
        self.floats[target] = self.steps[source]

    def _input(self, name: str, quant: Quantization) -> None:
        """An input of the model, now that its scale is known."""
        shape = self.shapes.pop(name)
        tensor = self.build.fresh(clean(name), TensorType(shape, DType.INT8, quant))
        self.inputs[name] = tensor
        self.floats[name] = Value(tensor, shape, quant, Layout.PLAIN)

    def moved_input(self, name: str) -> None:
        """An input that is moved before it is quantized has the scale that it gets then."""
        if name in self.shapes:
            quant = self.wanted(name)
            if quant is not None:
                self._input(name, quant)

    # what the file holds

    def _array(self, raw: Any, name: str) -> Array:
        place = f"model '{self.name}', constant '{name}'"
        if raw.data_location == onnx.TensorProto.EXTERNAL or raw.external_data:
            raise ModelError(f"{place}: lies outside of the file", remedy="save the model in one file (save_as_external_data=False)")
        dtype = _TYPES.get(raw.data_type)
        if dtype is None:
            raise UnsupportedOperator(f"{place}: has an element type that Stator does not take", remedy="use float32, INT8 and INT32")
        if len(raw.dims) > MAX_RANK or any(d < 0 for d in raw.dims) or math.prod(raw.dims) > MAX_ELEMENTS:
            raise ModelError(f"{place}: has shape {list(raw.dims)[:MAX_RANK]}", remedy=f"at most {MAX_ELEMENTS:,} elements are taken")
        have = len(raw.raw_data) // np.dtype(dtype).itemsize if raw.raw_data else len(raw.float_data or raw.int32_data or raw.int64_data)
        if have != math.prod(raw.dims):
            raise ModelError(f"{place}: has {have:,} elements for shape {list(raw.dims)}", remedy="copy or export the model again")
        array: Array = numpy_helper.to_array(raw)
        return array.astype(dtype, copy=False)

    def tensor(self, raw: Any, name: str) -> Array:
        """The value of a Constant node."""
        return self._array(raw, name)

    def _input_shape(self, entry: Any) -> tuple[int, ...]:
        """A first dimension without a number is the batch, 1."""
        place = f"model '{self.name}', input '{clean(entry.name)}'"
        kind = entry.type.tensor_type
        if kind.elem_type not in (onnx.TensorProto.FLOAT, onnx.TensorProto.INT8, onnx.TensorProto.UINT8) or not kind.HasField("shape"):
            raise UnsupportedOperator(f"{place}: is no float, INT8 or UINT8 tensor of a known shape", remedy="export with fixed shapes")
        shape = []
        for position, dim in enumerate(kind.shape.dim[: MAX_RANK + 1]):
            fixed = dim.dim_value if dim.HasField("dim_value") else 0
            shape.append(1 if fixed < 1 and position == 0 else int(fixed))
        if len(shape) > MAX_RANK or any(d < 1 for d in shape) or math.prod(shape) > MAX_ELEMENTS:
            raise ModelError(f"{place}: has shape {shape}", remedy="fix every dimension before exporting")
        return tuple(shape)


#: Operators that only move values, or narrow their range.
_MOVING = ("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Dropout", "Relu", "Clip", "MaxPool", "Pad", "Slice")


def values_of(importer: Importer, node: Node) -> Iterator[Value]:
    """All inputs of a node."""
    for name in node.inputs:
        yield importer.value(name)
