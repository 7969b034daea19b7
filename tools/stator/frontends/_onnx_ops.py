"""ONNX operators, and the INT8 operators that they become. A function per operator; `HANDLERS` has them by ONNX's name."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stator.errors import ModelError, UnsupportedOperator
from stator.frontends._onnx_build import Array, Layout, Value
from stator.frontends.onnx import Constant, Importer, Node, values_of
from stator.ir import Quantization

Handler = Callable[[Importer, Node], None]
HANDLERS: dict[str, Handler] = {}

SAME, VALID = 0, 1
PROBABILITY = Quantization((1 / 256,), (-128,))  # of SOFTMAX and LOGISTIC
SIGNED_UNIT = Quantization((1 / 128,), (0,))  # of TANH


def handles(*names: str) -> Callable[[Handler], Handler]:
    def note(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return note


# windows


@dataclasses.dataclass(frozen=True, slots=True)
class _Window:
    """Of a convolution or pooling over an image: (height, width) of kernel, stride, dilation; padding before and after each."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]

    def padding(self, size: Sequence[int]) -> int | None:
        """SAME or VALID where TFLite's padding is the same as this, else None."""
        if not any(p for both in self.pads for p in both):
            return VALID
        for i in range(2):
            reach = (self.kernel[i] - 1) * self.dilation[i] + 1
            out = (size[i] + sum(self.pads[i]) - reach) // self.stride[i] + 1
            if out != -(-size[i] // self.stride[i]) or self.pads[i][0] != max((out - 1) * self.stride[i] + reach - size[i], 0) // 2:
                return None
        return SAME


def _pair(values: Sequence[int], what: str, rank: int) -> tuple[int, int]:
    if len(values) != rank - 2 or any(not 1 <= v <= 4096 for v in values):
        raise ValueError(f"{what} {list(values)} for {rank - 2} dimensions")
    return (1, values[0]) if rank == 3 else (values[0], values[1])


def _window(node: Node, value: Value, kernel: Sequence[int]) -> _Window:
    rank = len(value.shape)
    ones = (1,) * (rank - 2)
    window, stride = _pair(kernel, "kernel", rank), _pair(node.integers("strides", ones), "strides", rank)
    dilation = _pair(node.integers("dilations", ones), "dilations", rank)
    size = (1, value.shape[2]) if rank == 3 else (value.shape[2], value.shape[3])
    auto = node.text("auto_pad", "NOTSET")
    flat = node.integers("pads", (0,) * 2 * (rank - 2))
    if len(flat) != 2 * (rank - 2) or any(not 0 <= p <= 4096 for p in flat):
        raise ValueError(f"pads {list(flat)}")
    before, after = flat[: rank - 2], flat[rank - 2 :]
    pads = [(0, 0)] * (4 - rank) + list(zip(before, after, strict=True))
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for i in range(2):
            out = -(-size[i] // stride[i])
            total = max((out - 1) * stride[i] + (window[i] - 1) * dilation[i] + 1 - size[i], 0)
            less, more = total // 2, total - total // 2
            pads.append((less, more) if auto == "SAME_UPPER" else (more, less))
    elif auto not in ("NOTSET", "VALID", ""):
        raise ValueError(f"auto_pad {auto}")
    if node.integer("ceil_mode", 0):
        for i in range(2):
            reach = (window[i] - 1) * dilation[i] + 1
            left = (size[i] + sum(pads[i]) - reach) % stride[i]
            if left and size[i] + sum(pads[i]) - left + stride[i] - pads[i][1] - reach < size[i] + pads[i][1]:
                pads[i] = (pads[i][0], pads[i][1] + stride[i] - left)
    return _Window(window, stride, dilation, (pads[0], pads[1]))


def _padded(g: Importer, value: Value, window: _Window, fill: int) -> tuple[int, int]:
    """The image's tensor, with a border where TFLite's paddings have none like it, and the padding that is left for the operator."""
    padding = window.padding(g.build.shape(value.tensor)[1:3])
    if padding is not None:
        return value.tensor, padding
    return _bordered(g, value, window, fill)


def _result(g: Importer, name: str, tensor: int, rank: int) -> None:
    """Notes an image as what ONNX calls `name`."""
    batch, height, width, channels = g.build.shape(tensor)
    shape = (batch, channels, width) if rank == 3 else (batch, channels, height, width)
    quant = g.build.tensors[tensor].type.quant
    assert quant is not None
    g.floats[name] = Value(tensor, shape, quant, Layout.IMAGE)


# products


def _weights(g: Importer, name: str, axis: int) -> Constant:
    """INT8 weights with zero point 0, one scale or one per index of `axis`."""
    found = g.constant(name, "weights")
    if found.values.dtype != np.int8 or np.any(found.zero_points):
        raise UnsupportedOperator(
            f"{g.build.place}: weights have a zero point other than 0",
            remedy="quantize weights symmetrically: weight_type=QuantType.QInt8, or extra_options={'WeightSymmetric': True}",
        )
    if found.axis not in (None, axis):
        raise UnsupportedOperator(f"{g.build.place}: weights have scales along axis {found.axis}", remedy="one scale per output channel")
    return found


def _bias(g: Importer, name: str, scales: Array, source: Value, *, factor: float = 1.0) -> int:
    """The bias at the scale of the products, or -1."""
    if not name:
        return -1
    products = scales.astype(np.float64) * source.quant.scale
    values = np.rint(g.real(name, "biases").reshape(-1) * factor / products)
    if np.abs(values).max(initial=0) >= 2**31:
        raise ModelError(f"{g.build.place}: a bias is far beyond its scale", remedy="calibrate with real data")
    quant = Quantization(tuple(float(p) for p in products), (0,) * len(products), 0 if len(products) > 1 else None)
    return g.build.constant("bias", values.astype(np.int32), quant)


def _scaled(found: Constant, axis: int) -> Quantization:
    count = len(found.scales)
    return Quantization(tuple(float(s) for s in found.scales), (0,) * count, axis if count > 1 else None)


@handles("Conv")
def _conv(g: Importer, node: Node) -> None:
    source = g.value(node.input(0))
    weights = _weights(g, node.input(1), axis=0)
    rank = len(source.shape)
    if rank not in (3, 4) or weights.values.ndim != rank:
        raise UnsupportedOperator(f"{g.build.place}: a convolution over shape {list(source.shape)}", remedy="use one or two dimensions")
    groups, (outputs, depth), channels = node.integer("group", 1), weights.values.shape[:2], source.shape[1]
    if groups < 1 or channels != groups * depth or outputs % groups:
        raise ValueError(f"{groups} groups of {depth} channels from {channels} to {outputs}")
    kernel = weights.values.reshape(outputs, depth, *([1] if rank == 3 else []), *weights.values.shape[2:])
    window = _window(node, source, kernel.shape[2:] if rank == 4 else kernel.shape[3:])
    image = g.build.image(source)
    tensor, padding = _padded(g, image, window, source.quant.zero_point)
    activation, name = g.fused(node)
    quant = g.needed(name)
    options: dict[str, Any] = {
        "StrideH": window.stride[0],
        "StrideW": window.stride[1],
        "DilationHFactor": window.dilation[0],
        "DilationWFactor": window.dilation[1],
        "Padding": padding,
        "FusedActivationFunction": activation,
    }
    if groups > 1 and depth == 1:
        data = kernel.transpose(1, 2, 3, 0)
        operands = [tensor, g.build.constant("weights", data, _scaled(weights, 3)), _bias(g, node.input(2), weights.scales, source)]
        made = g.build.emit("DEPTHWISE_CONV_2D", operands, quant, DepthMultiplier=outputs // groups, **options)[0]
    else:
        made = _grouped(g, node, (tensor, kernel.transpose(0, 2, 3, 1), weights, source), quant, groups, options)
    _result(g, name, made, rank)


def _grouped(
    g: Importer, node: Node, of: tuple[int, Array, Constant, Value], quant: Quantization, groups: int, options: dict[str, Any]
) -> int:
    """A convolution, or one per group: the channels are split before and joined after."""
    tensor, kernel, weights, source = of
    parts: Sequence[int] = (tensor,)
    if groups > 1:
        parts = g.build.emit(
            "SPLIT", [g.build.constant("axis", np.array([3], np.int32)), tensor], source.quant, outputs=groups, NumSplits=groups
        )
    each = len(kernel) // groups
    bias = _bias(g, node.input(2), weights.scales, source)
    made = []
    for i, part in enumerate(parts):
        own = slice(i * each, (i + 1) * each)
        scales = weights.scales[own] if len(weights.scales) > 1 else weights.scales
        cut = dataclasses.replace(weights, scales=scales)
        operands = [part, g.build.constant("weights", kernel[own], _scaled(cut, 0)), _cut(g, bias, own, groups)]
        made.append(g.build.emit("CONV_2D", operands, quant, **options)[0])
    return made[0] if groups == 1 else g.build.emit("CONCATENATION", made, quant, Axis=3)[0]


def _cut(g: Importer, bias: int, own: slice, groups: int) -> int:
    if bias < 0 or groups == 1:
        return bias
    tensor = g.build.tensors[bias]
    assert tensor.data is not None and tensor.type.quant is not None
    scales = tensor.type.quant.scales
    some = scales[own] if len(scales) > 1 else scales
    return g.build.constant("bias", tensor.data[own], Quantization(some, (0,) * len(some), 0 if len(some) > 1 else None))


def _connected(g: Importer, node: Node, source: Value, matrix: Constant, bias: str, *, transposed: bool, factor: float = 1.0) -> None:
    """source times a constant matrix: [depth, units], or [units, depth] where `transposed`."""
    if matrix.values.ndim != 2:
        raise UnsupportedOperator(f"{g.build.place}: weights of shape {list(matrix.values.shape)}", remedy="use a matrix")
    rows = matrix.values if transposed else matrix.values.T
    if source.layout is Layout.FLAT:
        if rows.shape[1] != math.prod(source.inner):
            raise ValueError(f"weights {rows.shape} for {source.inner}")
        rows = rows.reshape(len(rows), *source.inner).transpose(0, 2, 3, 1).reshape(len(rows), -1)
    else:
        source = g.build.plain(source)
    activation, name = g.fused(node)
    weights = g.build.constant("weights", rows, _scaled(matrix, 0))
    operands = [source.tensor, weights, _bias(g, bias, matrix.scales, source, factor=factor)]
    keep = len(source.shape) > 2
    made = g.build.emit("FULLY_CONNECTED", operands, g.needed(name), KeepNumDims=keep, FusedActivationFunction=activation)[0]
    quant = g.build.tensors[made].type.quant
    assert quant is not None
    g.floats[name] = Value(made, (*source.shape[:-1], len(rows)), quant)
    g.floats[name] = dataclasses.replace(g.floats[name], tensor=g.build.reshape(made, g.floats[name].shape))


@handles("Gemm")
def _gemm(g: Importer, node: Node) -> None:
    source, transposed = g.value(node.input(0)), bool(node.integer("transB", 0))
    if node.integer("transA", 0) or node.real("alpha", 1.0) != 1.0 or len(source.shape) != 2:
        raise UnsupportedOperator(f"{g.build.place}: Gemm with transA or alpha", remedy="use x * W + b")
    matrix = _weights(g, node.input(1), axis=0 if transposed else 1)
    bias = node.input(2)
    if bias and g.real(bias, "biases").size not in (1, matrix.values.shape[0 if transposed else 1]):
        raise UnsupportedOperator(f"{g.build.place}: a bias per row", remedy="use a bias per output")
    _connected(g, node, source, matrix, bias, transposed=transposed, factor=node.real("beta", 1.0))


@handles("MatMul")
def _matmul(g: Importer, node: Node) -> None:
    a, b = node.input(0), node.input(1)
    if g.is_constant(b):
        _connected(g, node, g.value(a), _weights(g, b, axis=1), "", transposed=False)
        return
    left, right = g.build.plain(g.value(a)), g.build.plain(g.value(b))
    name, quant = node.outputs[0], g.needed(node.outputs[0])
    made = g.build.emit("BATCH_MATMUL", [left.tensor, right.tensor], quant)[0]
    g.floats[name] = Value(made, g.build.shape(made), quant)


# element-wise


def _operand(g: Importer, name: str, like: Value) -> int:
    """A constant operand, laid out as the value that it meets."""
    found = g.constant(name, "an operand")
    if len(found.scales) != 1 or found.values.dtype != np.int8:
        raise UnsupportedOperator(f"{g.build.place}: a constant with a scale per channel", remedy="quantize it per tensor")
    data = found.values
    if data.ndim > len(like.shape):
        raise UnsupportedOperator(f"{g.build.place}: a constant of more dimensions than the value", remedy="reshape it")
    if like.layout is Layout.IMAGE:
        data = data.reshape(*(1,) * (len(like.shape) - data.ndim), *data.shape)
        data = data.reshape(*data.shape[:2], 1, data.shape[2]) if data.ndim == 3 else data
        data = data.transpose(0, 2, 3, 1)
    return g.build.constant("operand", data, Quantization((float(found.scales[0]),), (int(found.zero_points[0]),)))


def _binary(kind: str) -> Handler:
    def handle(g: Importer, node: Node) -> None:
        names = (node.input(0), node.input(1))
        values = [None if g.is_constant(name) else g.value(name) for name in names]
        present = [value for value in values if value is not None]
        if not present:
            raise UnsupportedOperator(f"{g.build.place}: adds constants", remedy="fold constants first")
        images = any(value.layout is Layout.IMAGE for value in present) and len({len(value.shape) for value in present}) == 1
        laid = [g.build.image(v) if images else g.build.plain(v) for v in present]
        like = max(laid, key=lambda value: len(value.shape))
        own = iter(laid)
        tensors = [_operand(g, name, like) if value is None else next(own).tensor for name, value in zip(names, values, strict=True)]
        activation, name = g.fused(node)
        quant = g.needed(name)
        made = g.build.emit(kind, tensors, quant, FusedActivationFunction=activation)[0]
        if images:
            _result(g, name, made, len(like.shape))
        else:
            g.floats[name] = Value(made, g.build.shape(made), quant)

    return handle


for _name, _kind in (("Add", "ADD"), ("Sub", "SUB"), ("Mul", "MUL"), ("Div", "DIV")):
    handles(_name)(_binary(_kind))


def _unary(kind: str, fixed: Quantization | None = None) -> Handler:
    """`fixed`: the only scale and zero point that the operator's output has."""

    def handle(g: Importer, node: Node) -> None:
        value, name = g.value(node.input(0)), node.outputs[0]
        quant = fixed or g.wanted(name) or value.quant
        options: dict[str, Any] = {"Alpha": node.real("alpha", 0.01)} if kind == "LEAKY_RELU" else {}
        made = g.build.emit(kind, [value.tensor], quant, **options)[0]
        g.floats[name] = dataclasses.replace(value, tensor=made, quant=quant)

    return handle


for _name, _kind, _fixed in (
    ("Sigmoid", "LOGISTIC", PROBABILITY),
    ("Tanh", "TANH", SIGNED_UNIT),
    ("HardSwish", "HARD_SWISH", None),
    ("LeakyRelu", "LEAKY_RELU", None),
    ("Relu", "RELU", None),
    ("Elu", "ELU", None),
    ("Abs", "ABS", None),
):
    handles(_name)(_unary(_kind, _fixed))


@handles("Clip")
def _clip(g: Importer, node: Node) -> None:
    value, name = g.value(node.input(0)), node.outputs[0]
    (low, high), quant = g.bounds(node), value.quant
    least, most = ((q - quant.zero_point) * quant.scale for q in (-128, 127))
    if low <= least and high >= most:
        g.floats[name] = value
        return
    kind = {1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6"}.get(g.clipping(node) or 0)
    if kind is None:
        raise UnsupportedOperator(f"{g.build.place}: clips to {low:g}..{high:g}", remedy="clip to 0..6, -1..1 or 0..")
    made = g.build.emit(kind, [value.tensor], g.wanted(name) or quant)[0]
    g.floats[name] = dataclasses.replace(value, tensor=made, quant=g.wanted(name) or quant)


@handles("Softmax")
def _softmax(g: Importer, node: Node) -> None:
    value, name = g.value(node.input(0)), node.outputs[0]
    rank = len(value.shape)
    axis = node.integer("axis", -1) % rank
    value = value if value.layout is Layout.IMAGE and axis == 1 else g.build.plain(value)
    if value.layout is Layout.PLAIN and axis != rank - 1:
        raise UnsupportedOperator(f"{g.build.place}: softmax over axis {axis} of {rank}", remedy="transpose, so that it is the last one")
    made = g.build.emit("SOFTMAX", [value.tensor], PROBABILITY, Beta=1.0)[0]
    g.floats[name] = dataclasses.replace(value, tensor=made, quant=PROBABILITY)


# pooling


@handles("MaxPool", "AveragePool")
def _pool(g: Importer, node: Node) -> None:
    value, name = g.build.image(g.value(node.input(0))), node.outputs[0]
    window = _window(node, value, node.integers("kernel_shape", ()))
    if window.dilation != (1, 1) or len([output for output in node.outputs if output]) > 1 or node.integer("storage_order", 0):
        raise UnsupportedOperator(f"{g.build.place}: a pooling with dilation or indices", remedy="use a plain one")
    largest = node.kind == "MaxPool"
    size = g.build.shape(value.tensor)[1:3]
    if not largest and not node.integer("count_include_pad", 0) and window.padding(size) is None:
        raise UnsupportedOperator(
            f"{g.build.place}: averages over a border of {window.pads}", remedy="count_include_pad=True, or no padding"
        )
    tensor, padding = value.tensor, window.padding(size)
    if padding is None or (not largest and node.integer("count_include_pad", 0) and padding == SAME):
        tensor, padding = _bordered(g, value, window, -128 if largest else value.quant.zero_point)
    options = {
        "FilterHeight": window.kernel[0],
        "FilterWidth": window.kernel[1],
        "StrideH": window.stride[0],
        "StrideW": window.stride[1],
        "Padding": padding,
    }
    made = g.build.emit("MAX_POOL_2D" if largest else "AVERAGE_POOL_2D", [tensor], value.quant, **options)[0]
    _result(g, name, made, len(value.shape))


def _bordered(g: Importer, value: Value, window: _Window, fill: int) -> tuple[int, int]:
    """The image with its border as bytes."""
    paddings = g.build.constant("paddings", np.array([[0, 0], *window.pads, [0, 0]], np.int32))
    filling = g.build.constant("border", np.array([fill], np.int8), value.quant)
    return g.build.emit("PADV2", [value.tensor, paddings, filling], value.quant)[0], VALID


def _mean(g: Importer, value: Value, name: str, axes: Sequence[int], keep: bool) -> None:
    """Over axes of ONNX's order."""
    rank, quant = len(value.shape), g.wanted(name) or value.quant
    over = sorted(a % rank for a in axes)
    shape = tuple(1 if i in over else d for i, d in enumerate(value.shape))
    kept = shape if keep else tuple(d for i, d in enumerate(value.shape) if i not in over)
    if over == list(range(2, rank)) and value.layout is Layout.IMAGE:
        made = g.build.emit("MEAN", [value.tensor, g.build.constant("axes", np.array([1, 2], np.int32))], quant, KeepDims=True)[0]
        result = Value(made, shape, quant, Layout.IMAGE)
        g.floats[name] = result if keep else Value(g.build.reshape(g.build.plain(result).tensor, kept), kept, quant)
        return
    value = g.build.plain(value)
    made = g.build.emit("MEAN", [value.tensor, g.build.constant("axes", np.array(over, np.int32))], quant, KeepDims=keep)[0]
    g.floats[name] = Value(made, kept, quant)


@handles("GlobalAveragePool")
def _global_average(g: Importer, node: Node) -> None:
    value = g.build.image(g.value(node.input(0)))
    _mean(g, value, node.outputs[0], range(2, len(value.shape)), keep=True)


@handles("ReduceMean")
def _reduce_mean(g: Importer, node: Node) -> None:
    value = g.value(node.input(0))
    axes = g.integers(node.input(1), "the axes") if node.input(1) else node.integers("axes", range(len(value.shape)))
    _mean(g, value, node.outputs[0], axes, keep=bool(node.integer("keepdims", 1)))


# moves


@handles("Identity", "Dropout")
def _identity(g: Importer, node: Node) -> None:
    name, source = node.outputs[0], node.input(0)
    if source in g.constants:
        g.constants[name] = g.constants[source]
    elif source in g.quantized:
        g.quantized[name] = g.quantized[source]
    elif source in g.steps:
        g.steps[name] = g.steps[source]
    else:
        g.floats[name] = g.value(source)


@handles("Constant")
def _constant(g: Importer, node: Node) -> None:
    raw = node.tensor("value")
    if raw is not None:
        g.constants[node.outputs[0]] = g.tensor(raw, "constant")
        return
    whole = node.integers("value_ints", ())
    g.constants[node.outputs[0]] = np.array(whole or node.integer("value_int", 0), np.int64)


@handles("Shape")
def _shape(g: Importer, node: Node) -> None:
    name = node.input(0)
    shape = g.shapes.get(name) or (g.steps.get(name) or g.value(name)).shape
    g.constants[node.outputs[0]] = np.array(shape[node.integer("start", 0) : node.integer("end", len(shape))], np.int64)


def _source(g: Importer, node: Node) -> tuple[Value, dict[str, Value]]:
    """What a moving operator reads, float or quantized, and where what it writes belongs."""
    name = node.input(0)
    g.moved_input(name)
    return (g.steps[name], g.steps) if name in g.steps else (g.value(name), g.floats)


def _reshaped(g: Importer, node: Node, shape: tuple[int, ...]) -> None:
    value, into = _source(g, node)
    if math.prod(shape) != math.prod(value.shape) or any(d < 1 for d in shape):
        raise ValueError(f"{value.shape} cannot become {shape}")
    if value.layout is Layout.IMAGE and shape == (value.shape[0], math.prod(value.shape[1:])):
        _, height, width, channels = g.build.shape(value.tensor)
        flat = Layout.FLAT if channels > 1 and height * width > 1 else Layout.PLAIN
        into[node.outputs[0]] = Value(g.build.reshape(value.tensor, shape), shape, value.quant, flat, (channels, height, width))
        return
    plain = g.build.plain(value)
    into[node.outputs[0]] = Value(g.build.reshape(plain.tensor, shape), shape, value.quant)


def _constants_only(handler: Handler, on_constants: Callable[[Importer, Node], Array]) -> Handler:
    """A handler for values that computes constants at once."""

    def handle(g: Importer, node: Node) -> None:
        if node.input(0) in g.constants:
            g.constants[node.outputs[0]] = on_constants(g, node)
        else:
            handler(g, node)

    return handle


def _new_shape(g: Importer, node: Node, old: tuple[int, ...]) -> tuple[int, ...]:
    wanted = list(g.integers(node.input(1), "the new shape"))
    if not node.integer("allowzero", 0):
        wanted = [old[i] if d == 0 and i < len(old) else d for i, d in enumerate(wanted)]
    rest = math.prod(d for d in wanted if d != -1)
    if wanted.count(-1) > 1 or rest < 1 or math.prod(old) % rest:
        raise ValueError(f"{old} cannot become {wanted}")
    return tuple(math.prod(old) // rest if d == -1 else d for d in wanted)


handles("Reshape")(
    _constants_only(
        lambda g, node: _reshaped(g, node, _new_shape(g, node, _source(g, node)[0].shape)),
        lambda g, node: g.constants[node.input(0)].reshape(_new_shape(g, node, g.constants[node.input(0)].shape)),
    )
)


@handles("Flatten")
def _flatten(g: Importer, node: Node) -> None:
    shape = _source(g, node)[0].shape
    axis = node.integer("axis", 1)
    axis += len(shape) if axis < 0 else 0
    _reshaped(g, node, (math.prod(shape[:axis]), math.prod(shape[axis:])))


def _squeezed(g: Importer, node: Node, shape: tuple[int, ...]) -> tuple[int, ...]:
    given = g.integers(node.input(1), "the axes") if node.input(1) else [i for i, d in enumerate(shape) if d == 1]
    axes = {a % len(shape) for a in given} if shape else set()
    return tuple(d for i, d in enumerate(shape) if i not in axes)


def _unsqueezed(g: Importer, node: Node, shape: tuple[int, ...]) -> tuple[int, ...]:
    given = g.integers(node.input(1), "the axes")
    rank = len(shape) + len(given)
    axes, rest = {a % rank for a in given}, iter(shape)
    return tuple(1 if i in axes else next(rest) for i in range(rank))


for _name, _how in (("Squeeze", _squeezed), ("Unsqueeze", _unsqueezed)):
    handles(_name)(
        _constants_only(
            lambda g, node, how=_how: _reshaped(g, node, how(g, node, _source(g, node)[0].shape)),  # type: ignore[misc]
            lambda g, node, how=_how: g.constants[node.input(0)].reshape(how(g, node, g.constants[node.input(0)].shape)),  # type: ignore[misc]
        )
    )


def _transpose(g: Importer, node: Node) -> None:
    if node.input(0) in g.quantized:
        found = g.quantized[node.input(0)]
        order = node.integers("perm", range(found.values.ndim)[::-1])
        axis = None if found.axis is None else order.index(found.axis)
        g.quantized[node.outputs[0]] = dataclasses.replace(found, values=found.values.transpose(order), axis=axis)
        return
    value, into = _source(g, node)
    order = node.integers("perm", range(len(value.shape))[::-1])
    if sorted(order) != list(range(len(value.shape))):
        raise ValueError(f"perm {order}")
    shape = tuple(value.shape[d] for d in order)
    if value.layout is Layout.IMAGE and order == (0, 2, 3, 1):
        into[node.outputs[0]] = Value(value.tensor, shape, value.quant)
    elif value.layout is Layout.PLAIN and order == (0, 3, 1, 2):
        into[node.outputs[0]] = Value(value.tensor, shape, value.quant, Layout.IMAGE)
    else:
        into[node.outputs[0]] = Value(g.build.transpose(g.build.plain(value).tensor, order), shape, value.quant)


handles("Transpose")(
    _constants_only(
        _transpose,
        lambda g, node: g.constants[node.input(0)].transpose(node.integers("perm", range(g.constants[node.input(0)].ndim)[::-1])),
    )
)


def _image_axis(axis: int, rank: int) -> int:
    return {3: (0, 3, 2), 4: (0, 3, 1, 2)}[rank][axis]


def _concat(g: Importer, node: Node) -> None:
    values, name = list(values_of(g, node)), node.outputs[0]
    rank = len(values[0].shape)
    axis = node.integer("axis", 0)
    axis += rank if axis < 0 else 0
    quant = g.wanted(name) or values[0].quant
    images = any(value.layout is Layout.IMAGE for value in values) and all(len(value.shape) == rank for value in values)
    laid = [g.build.requantized(g.build.image(v) if images else g.build.plain(v), quant) for v in values]
    made = g.build.emit("CONCATENATION", [v.tensor for v in laid], quant, Axis=_image_axis(axis, rank) if images else axis)[0]
    if images:
        _result(g, name, made, rank)
    else:
        g.floats[name] = Value(made, g.build.shape(made), quant)


def _joined(g: Importer, node: Node) -> Array:
    parts = [g.constants[name] for name in node.inputs]
    g.build.spend(sum(part.nbytes for part in parts))
    return np.concatenate(parts, axis=node.integer("axis", 0))


handles("Concat")(_constants_only(_concat, _joined))


@handles("Gather")
def _gather(g: Importer, node: Node) -> None:
    if node.input(0) not in g.constants:
        raise UnsupportedOperator(f"{g.build.place}: gathers from a value", remedy="use a slice")
    table, which = g.constants[node.input(0)], g.constants[node.input(1)]
    g.build.spend(which.size * max(table.nbytes, 1))
    found: Array = np.take(table, which, axis=node.integer("axis", 0))
    g.constants[node.outputs[0]] = found


@handles("Pad")
def _pad(g: Importer, node: Node) -> None:
    value, into = _source(g, node)
    rank = len(value.shape)
    if node.text("mode", "constant") != "constant" or node.input(3):
        raise UnsupportedOperator(f"{g.build.place}: pads by {node.text('mode', 'constant')} or along axes", remedy="pad with a constant")
    flat = g.integers(node.input(1), "the paddings")
    if len(flat) != 2 * rank or any(not 0 <= p <= 4096 for p in flat):
        raise ValueError(f"paddings {flat}")
    pads = np.array(list(zip(flat[:rank], flat[rank:], strict=True)), np.int32)
    real = float(g.real(node.input(2), "the value").reshape(-1)[0]) if node.input(2) else 0.0
    fill = int(np.clip(np.rint(real / value.quant.scale) + value.quant.zero_point, -128, 127))
    shape = tuple(int(d + before + after) for d, (before, after) in zip(value.shape, pads, strict=True))
    if value.layout is Layout.IMAGE:
        height = pads[2] if rank == 4 else np.zeros(2, np.int32)
        pads = np.stack([pads[0], height, pads[-1], pads[1]])
    else:
        value = g.build.plain(value)
    filling = g.build.constant("border", np.array([fill], np.int8), value.quant)
    made = g.build.emit("PADV2", [value.tensor, g.build.constant("paddings", pads), filling], value.quant)[0]
    into[node.outputs[0]] = Value(made, shape, value.quant, value.layout)
