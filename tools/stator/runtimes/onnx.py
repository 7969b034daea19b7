"""ONNX Runtime: the model as an ONNX file with quantization as QDQ, checked against Stator's own results.

A .tflite file is written layer by layer: its tensors keep their INT8 values and their order [batch, height, width, channels], and every
layer computes in float between DequantizeLinear and QuantizeLinear, which onnxruntime joins to INT8 kernels of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from stator import __version__
from stator.errors import ModelError, ToolError, UnsupportedOperator
from stator.frontends import contents, load
from stator.ir import DType, Graph, Node, Tensor, TensorType
from stator.measure.inference import inputs_for
from stator.ops import Array, Operands, run_reference
from stator.ops._activation import Activation, real_range
from stator.ops._window import Axis, Padding, axis
from stator.runtimes import Exported
from stator.spec import ModelSpec

OPSET = 17
CHECKED = 20  # input sets
MOST_STEPS = 8  # of the output's scale: other roundings add up to less

_TYPES = {DType.INT8: TensorProto.INT8, DType.INT32: TensorProto.INT32}


def export(spec: ModelSpec) -> Exported:
    """Raises UnsupportedOperator for layers that are not written yet, or ToolError without onnxruntime."""
    graph = load(spec.path)
    given = spec.path.suffix.lower() == ".onnx"
    data = contents(spec.path) if given else written(graph)
    steps, share = apart(data, graph)
    note = f"{CHECKED} inputs: {share:.2%} of the outputs differ from Stator's, by {steps} steps at most"
    cut = before_softmax(graph)
    if cut.outputs != graph.outputs and not given:
        steps, share = apart(written(cut), cut)
        note += f"; before the softmax, which enlarges differences, {share:.2%} by {steps} steps"
    judged = cut.outputs == graph.outputs or not given
    problems = (
        (f"an output is {steps} steps from Stator's, and {MOST_STEPS} are expected at most",) if judged and steps > MOST_STEPS else ()
    )
    return Exported({f"{spec.c_name}.onnx": data}, {"oracle": f"onnxruntime {_runtime().__version__}", "note": note}, problems)


def before_softmax(graph: Graph) -> Graph:
    """The graph with what its last softmaxes read as outputs instead of what they write."""
    read = {node.outputs[0]: node.inputs[0] for node in graph.nodes if node.op.name == "SOFTMAX"}
    outputs = tuple(dict.fromkeys(read.get(index, index) for index in graph.outputs))
    return dataclasses.replace(graph, outputs=outputs)


def _runtime() -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 (large; only this needs it)
    except ImportError:
        raise ToolError("onnxruntime is not installed, so nothing can check the file", remedy="pip install onnxruntime") from None
    return onnxruntime


def apart(data: bytes, graph: Graph) -> tuple[int, float]:
    """How many steps of the outputs' scales onnxruntime is away from the references at most, and the share of outputs that differ."""
    ort = _runtime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes have no common base but this
        raise ModelError(
            f"model '{graph.name}': onnxruntime refuses the file", details=(str(error)[:200],), remedy="take another runtime"
        ) from None
    worst, different, total = 0, 0, 0
    for arrays in inputs_for(graph, CHECKED):
        ours = run_reference(graph, list(arrays))
        fed = {
            entry.name: _as_read(array, graph.tensors[index].type, entry.type)
            for entry, array, index in zip(session.get_inputs(), arrays, graph.inputs, strict=True)
        }
        for index, theirs in zip(graph.outputs, session.run(None, fed), strict=True):
            gap = np.abs(_as_written(theirs, graph.tensors[index].type) - ours[index].astype(np.float64).reshape(theirs.shape))
            worst = max(worst, int(np.rint(gap.max(initial=0))))
            different, total = different + int((np.rint(gap) != 0).sum()), total + gap.size
    return worst, different / max(total, 1)


def _as_read(array: Array, kind: TensorType, type_: str) -> Array:
    """INT8 values as the session takes them."""
    if type_ == "tensor(float)":
        assert kind.quant is not None
        return ((array.astype(np.float32) - kind.quant.zero_point) * np.float32(kind.quant.scale)).astype(np.float32)
    return (array.astype(np.int16) + 128).astype(np.uint8) if type_ == "tensor(uint8)" else array


def _as_written(values: Array, kind: TensorType) -> Array:
    """What the session gives as INT8 values, float64."""
    if values.dtype == np.float32:
        assert kind.quant is not None
        return np.rint(values.astype(np.float64) / kind.quant.scale) + kind.quant.zero_point
    return values.astype(np.float64) - (128 if values.dtype == np.uint8 else 0)


@dataclass(slots=True)
class _File:
    """An ONNX graph that grows. Floats are named f<tensor>, quantized values t<tensor>."""

    graph: Graph
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    known: set[int] = field(default_factory=set)

    def constant(self, values: Array) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def scale(self, tensor: Tensor) -> tuple[list[str], dict[str, Any]]:
        """Names of scales and zero points, and the axis where there are several."""
        quant = tensor.type.quant
        if quant is None or tensor.type.dtype not in _TYPES:
            raise UnsupportedOperator(
                f"model '{self.graph.name}': '{tensor.name}' is {tensor.type.dtype.value}, and INT8 is written", remedy="quantize the model"
            )
        several = len(quant.scales) > 1
        scales = np.array(quant.scales if several else quant.scales[0], np.float32)
        points = np.array(quant.zero_points if several else quant.zero_points[0], tensor.type.dtype.numpy)
        return [self.constant(scales), self.constant(points)], {"axis": quant.axis or 0} if several else {}

    def real(self, tensor: Tensor) -> str:
        """The name of a tensor's real values."""
        if tensor.index not in self.known:
            self.known.add(tensor.index)
            source = f"t{tensor.index}"
            if tensor.data is not None:
                self.constants.append(numpy_helper.from_array(np.asarray(tensor.data, order="C"), source))
            scale, along = self.scale(tensor)
            self.nodes.append(helper.make_node("DequantizeLinear", [source, *scale], [f"f{tensor.index}"], **along))
        return f"f{tensor.index}"

    def weights(self, values: Array, tensor: Tensor, axis_: int) -> str:
        """Real values of INT8 or INT32 constants in another order of dimensions."""
        quant = tensor.type.quant
        assert quant is not None
        several = len(quant.scales) > 1
        scale = self.constant(np.array(quant.scales if several else quant.scales[0], np.float32))
        point = self.constant(np.zeros(len(quant.scales) if several else (), values.dtype))
        return self.add("DequantizeLinear", [self.constant(values), scale, point], **({"axis": axis_} if several else {}))

    def result(self, name: str, tensor: Tensor, activation: Activation = Activation.NONE) -> None:
        """The real values `name` are what `tensor` holds."""
        low, high = real_range(activation)
        if activation is not Activation.NONE:
            name = self.add("Clip", [name, self.constant(np.array(low, np.float32)), self.constant(np.array(high, np.float32))])
        self.nodes.append(helper.make_node("QuantizeLinear", [name, *self.scale(tensor)[0]], [f"t{tensor.index}"]))

    def moved(self, name: str, order: tuple[int, ...]) -> str:
        return self.add("Transpose", [name], perm=list(order))


def written(graph: Graph) -> bytes:
    """An INT8 graph as an ONNX file. Raises UnsupportedOperator."""
    file = _File(graph)
    for node in graph.nodes:
        writer = _WRITERS.get(node.op.name)
        if writer is None:
            raise UnsupportedOperator(
                f"model '{graph.name}', node {node.index} ({node.op.name}): is not written to ONNX yet",
                remedy=f"what is: {', '.join(sorted(_WRITERS))}",
            )
        writer(file, node, Operands.of(graph, node))
    inputs, outputs = (
        [helper.make_tensor_value_info(f"t{i}", _TYPES[graph.tensors[i].type.dtype], graph.tensors[i].type.shape) for i in indices]
        for indices in (graph.inputs, graph.outputs)
    )
    made = helper.make_graph(file.nodes, "stator", inputs, outputs, file.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="stator")
    model.producer_version = __version__
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _pads(rows: Axis, columns: Axis) -> list[int]:
    """ONNX's pads of a window over an image."""
    after = [max((a.out - 1) * a.stride + (a.kernel - 1) * a.dilation + 1 - a.size - a.before, 0) for a in (rows, columns)]
    return [rows.before, columns.before, *after]


def _windowed(op: Any, on: Operands, kernel: Sequence[int]) -> tuple[Axis, Axis]:
    _, height, width, _ = on.input(0).type.shape
    dilation = getattr(op, "dilation", (1, 1))
    padding: Padding = op.padding
    return (
        axis(height, kernel[0], op.stride[0], dilation[0], padding),
        axis(width, kernel[1], op.stride[1], dilation[1], padding),
    )


def _bias(f: _File, on: Operands) -> list[str]:
    bias = on.optional(2)
    if bias is None:
        return []
    scales = on.input(1).type.quant
    assert scales is not None and bias.data is not None
    products = np.array(scales.scales) * on.quant(on.input(0)).scale
    several = len(products) > 1
    scale = f.constant(products.astype(np.float32) if several else np.array(products[0], np.float32))
    point = f.constant(np.zeros(len(products) if several else (), np.int32))
    along = {"axis": 0} if several else {}
    return [f.add("DequantizeLinear", [f.constant(bias.data.reshape(-1)), scale, point], **along)]


def _convolution(f: _File, node: Node, on: Operands) -> None:
    op: Any = node.op
    filters, depthwise = on.constant(1, "weights"), node.op.name == "DEPTHWISE_CONV_2D"
    rows, columns = _windowed(op, on, filters.shape[1:3])
    values = filters.transpose(3, 0, 1, 2) if depthwise else filters.transpose(0, 3, 1, 2)
    operands = [f.moved(f.real(on.input(0)), (0, 3, 1, 2)), f.weights(values, on.input(1), 0), *_bias(f, on)]
    made = f.add(
        "Conv",
        operands,
        group=on.input(0).type.shape[3] if depthwise else 1,
        kernel_shape=list(filters.shape[1:3]),
        strides=list(op.stride),
        dilations=list(op.dilation),
        pads=_pads(rows, columns),
    )
    f.result(f.moved(made, (0, 2, 3, 1)), on.output, op.activation)


def _pooling(f: _File, node: Node, on: Operands) -> None:
    op: Any = node.op
    rows, columns = _windowed(op, on, op.size)
    kind = "MaxPool" if node.op.name == "MAX_POOL_2D" else "AveragePool"
    source = f.moved(f.real(on.input(0)), (0, 3, 1, 2))
    made = f.add(kind, [source], kernel_shape=list(op.size), strides=list(op.stride), pads=_pads(rows, columns))
    f.result(f.moved(made, (0, 2, 3, 1)), on.output, op.activation)


def _connected(f: _File, node: Node, on: Operands) -> None:
    op: Any = node.op
    weights = on.constant(1, "weights")
    rows = f.add("Reshape", [f.real(on.input(0)), f.constant(np.array([-1, weights.shape[1]], np.int64))])
    made = f.add("Gemm", [rows, f.weights(weights, on.input(1), 0), *_bias(f, on)], transB=1)
    f.result(f.add("Reshape", [made, f.constant(np.array(on.output.type.shape, np.int64))]), on.output, op.activation)


def _pairwise(kind: str) -> Callable[[_File, Node, Operands], None]:
    def write(f: _File, node: Node, on: Operands) -> None:
        made = f.add(kind, [f.real(on.input(0)), f.real(on.input(1))])
        f.result(made, on.output, getattr(node.op, "activation", Activation.NONE))

    return write


def _single(kind: str, activation: Activation = Activation.NONE) -> Callable[[_File, Node, Operands], None]:
    def write(f: _File, node: Node, on: Operands) -> None:
        f.result(f.add(kind, [f.real(on.input(0))]), on.output, activation)

    return write


def _softmax(f: _File, node: Node, on: Operands) -> None:
    op: Any = node.op
    source = f.add("Mul", [f.real(on.input(0)), f.constant(np.array(op.beta, np.float32))]) if op.beta != 1 else f.real(on.input(0))
    f.result(f.add("Softmax", [source], axis=-1), on.output)


def _reshape(f: _File, node: Node, on: Operands) -> None:
    f.result(f.add("Reshape", [f.real(on.input(0)), f.constant(np.array(on.output.type.shape, np.int64))]), on.output)


def _transpose(f: _File, node: Node, on: Operands) -> None:
    f.result(f.moved(f.real(on.input(0)), on.integers(1, "the order")), on.output)


def _mean(f: _File, node: Node, on: Operands) -> None:
    keep, axes = bool(getattr(node.op, "keep_dims", False)), list(on.integers(1, "the axes"))
    f.result(f.add("ReduceMean", [f.real(on.input(0))], axes=axes, keepdims=int(keep)), on.output)


def _concatenation(f: _File, node: Node, on: Operands) -> None:
    op: Any = node.op
    f.result(f.add("Concat", [f.real(on.input(i)) for i in range(len(on.inputs))], axis=op.axis), on.output)


def _pad(f: _File, node: Node, on: Operands) -> None:
    flat = on.integers(1, "the paddings")
    f.result(f.add("Pad", [f.real(on.input(0)), f.constant(np.array([*flat[::2], *flat[1::2]], np.int64))]), on.output)


_WRITERS: dict[str, Callable[[_File, Node, Operands], None]] = {
    "ADD": _pairwise("Add"),
    "AVERAGE_POOL_2D": _pooling,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "EXPAND_DIMS": _reshape,
    "FULLY_CONNECTED": _connected,
    "HARD_SWISH": _single("HardSwish"),
    "LOGISTIC": _single("Sigmoid"),
    "MAX_POOL_2D": _pooling,
    "MEAN": _mean,
    "MUL": _pairwise("Mul"),
    "PAD": _pad,
    "QUANTIZE": _single("Identity"),
    "RELU": _single("Relu"),
    "RELU6": _single("Identity", Activation.RELU6),
    "RESHAPE": _reshape,
    "SOFTMAX": _softmax,
    "SQUEEZE": _reshape,
    "SUB": _pairwise("Sub"),
    "TANH": _single("Tanh"),
    "TRANSPOSE": _transpose,
}
