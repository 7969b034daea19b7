"""ONNX's other form of quantization, QOperator: operators whose inputs and outputs are quantized, as onnxruntime has them. Each becomes a
layer between DequantizeLinear and QuantizeLinear, which is what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from onnx import helper

from stator.errors import ModelError, UnsupportedOperator
from stator.frontends._onnx_build import Array

#: The layer that an operator means, by domain and name; those that read one, or two, or any number of tensors with scale and zero point.
_OF_ONE = {
    "QLinearAveragePool": "AveragePool",
    "QLinearGlobalAveragePool": "GlobalAveragePool",
    "QLinearLeakyRelu": "LeakyRelu",
    "QLinearSigmoid": "Sigmoid",
    "QLinearSoftmax": "Softmax",
}
_OF_TWO = {"QGemm": "Gemm", "QLinearAdd": "Add", "QLinearConv": "Conv", "QLinearMatMul": "MatMul", "QLinearMul": "Mul"}
KINDS = {**_OF_ONE, **_OF_TWO, "QLinearConcat": "Concat"}
_QDQ = "quantize to QDQ (onnxruntime.quantization.quantize_static, quant_format=QuantFormat.QDQ)"
#: All that the operators of a file mean, and inputs of one of them.
MAX_NODES, MAX_INPUTS = 32_768, 192
_STANDARD = ("QLinearConv", "QLinearMatMul")  # all others are of the domain com.microsoft

#: What may work on quantized tensors as they are: the numbers stay what they are.
_MOVES = ("Flatten", "Identity", "MaxPool", "Reshape", "Squeeze", "Transpose", "Unsqueeze")


def is_kind(raw: Any) -> bool:
    """Whether a node is an operator of this form."""
    return raw.op_type in KINDS and raw.domain in (("", "ai.onnx") if raw.op_type in _STANDARD else ("com.microsoft",))


def as_layers(nodes: list[Any], constants: dict[str, Array], place: str) -> Iterator[tuple[int, Any]]:
    """The file's nodes with such operators as layers, each with a number that no other has; the layer itself keeps its own. Adds the
    scales of biases to `constants`."""
    steps: dict[str, tuple[str, ...]] = {}  # of quantized tensors: the names of scale and zero point
    number = len(nodes)
    for index, raw in enumerate(nodes):
        if raw.op_type == "QuantizeLinear" and raw.output:
            steps[raw.output[0]] = tuple(raw.input[1:3])
        moves = raw.op_type in _MOVES and raw.domain in ("", "ai.onnx") and len(raw.output) == 1 and raw.input and raw.input[0] in steps
        if not moves and not is_kind(raw):
            yield index, raw
            continue
        if number > MAX_NODES or len(raw.input) > MAX_INPUTS:
            raise ModelError(f"{place}: means more than {MAX_NODES:,} nodes, or one reads too much", remedy="use a smaller model")
        if moves:
            layer = _Layer(raw, raw.op_type, steps[raw.input[0]])
            layer.read(raw.input[0], *layer.output)
            layer.inputs += raw.input[1:]
        else:
            layer = _meant(raw, constants, f"{place}, node {index} ({raw.op_type})")
        steps[raw.output[0]] = layer.output
        *before, core, after = layer.nodes()
        for each in before:
            yield number, each
            number += 1
        yield index, core
        yield number, after
        number += 1


class _Layer:
    """A layer that reads dequantized tensors, and whose output is quantized."""

    def __init__(self, raw: Any, kind: str, output: tuple[str, ...]) -> None:
        self._raw, self._kind, self.output = raw, kind, output
        self.inputs: list[str] = []
        self._before: list[Any] = []

    def read(self, name: str, *quant: str, axis: int = 1) -> None:
        """The next input of the layer: `name`, dequantized."""
        real = f"{self._raw.output[0]}, input {len(self.inputs)}"
        self._before.append(helper.make_node("DequantizeLinear", [name, *quant], [real], axis=axis))
        self.inputs.append(real)

    def nodes(self) -> list[Any]:
        target = self._raw.output[0]
        core = helper.make_node(self._kind, self.inputs, [f"{target}, real"])
        core.attribute.extend(a for a in self._raw.attribute if a.name not in ("channels_last", "opset"))
        return [*self._before, core, helper.make_node("QuantizeLinear", [f"{target}, real", *self.output], [target])]


def _meant(raw: Any, constants: dict[str, Array], place: str) -> _Layer:
    """The layer that an operator of the table means. Raises UnsupportedOperator, ValueError."""
    kind, given = str(raw.op_type), [*raw.input]
    attributes = {a.name: a for a in raw.attribute}
    if "channels_last" in attributes and attributes["channels_last"].i:
        raise UnsupportedOperator(f"{place}: has its channels last", remedy=_QDQ)
    if kind == "QLinearConcat":
        layer = _Layer(raw, KINDS[kind], (given[0], given[1]))
        for at in range(2, len(given) - 2, 3):
            layer.read(*given[at : at + 3])
        return layer
    if kind in _OF_ONE:
        layer = _Layer(raw, KINDS[kind], (given[3], *given[4:5]))
        layer.read(*given[:3])
        return layer
    with_bias = {"QGemm": 6, "QLinearConv": 8}.get(kind)
    ends = given[7:9] if kind == "QGemm" else given[6:8]
    if len(ends) != 2:
        raise UnsupportedOperator(f"{place}: its output is not quantized", remedy=_QDQ)
    layer = _Layer(raw, KINDS[kind], (ends[0], ends[1]))
    layer.read(*given[:3])
    turned = kind == "QGemm" and bool(attributes["transB"].i if "transB" in attributes else 0)
    layer.read(*given[3:6], axis=0 if kind == "QLinearConv" or turned else 1)
    bias = given[with_bias] if with_bias is not None and len(given) > with_bias else ""
    if bias:
        x_scale, scales = (constants.get(given[at]) for at in (1, 4))
        if x_scale is None or scales is None or x_scale.size != 1 or scales.ndim > 1:
            raise UnsupportedOperator(f"{place}: its scales are not constants of one number, or of one per channel", remedy=_QDQ)
        name = f"{raw.output[0]}, scale of the bias"
        with np.errstate(all="ignore"):
            constants[name] = np.asarray(x_scale.reshape(()) * scales, dtype=np.float32)
        layer.read(bias, name, axis=0)
    return layer
