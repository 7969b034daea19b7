"""An INT8 .tflite file with INT4 weights in place of its own, changed where it lies: no converter writes one."""

from __future__ import annotations

from typing import Any

import numpy as np
import tflite

from stator.numerics import pack

WITH_WEIGHTS = frozenset({tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.DEPTHWISE_CONV_2D, tflite.BuiltinOperator.FULLY_CONNECTED})
STEP = 16  # INT8 values of one INT4 value


def narrowed(data: bytes) -> bytes:
    """Weights become a sixteenth, rounded, and their scales sixteen times as large; biases follow.

    Not those of FULLY_CONNECTED with a scale per channel: the interpreter refuses them as INT4.
    """
    file = bytearray(data)
    model = tflite.Model.GetRootAs(file, 0)
    graph = model.Subgraphs(0)
    codes = [model.OperatorCodes(i) for i in range(model.OperatorCodesLength())]
    done: set[int] = set()
    for i in range(graph.OperatorsLength()):
        node = graph.Operators(i)
        code = max(codes[node.OpcodeIndex()].BuiltinCode(), codes[node.OpcodeIndex()].DeprecatedBuiltinCode())
        per_channel = code in WITH_WEIGHTS and graph.Tensors(node.Inputs(1)).Quantization().ScaleLength() > 1
        if code in WITH_WEIGHTS and not (code == tflite.BuiltinOperator.FULLY_CONNECTED and per_channel):
            for position, make in ((1, _weights), (2, _bias)):
                tensor = node.Inputs(position)
                if tensor >= 0 and tensor not in done:
                    done.add(tensor)
                    make(file, model, graph.Tensors(tensor))
    return bytes(file)


def _rescale(file: bytearray, tensor: Any) -> None:
    table = tensor.Quantization()
    at = table._tab.Vector(table._tab.Offset(8))
    scales = np.frombuffer(file, dtype=np.float32, count=table.ScaleLength(), offset=at)
    file[at : at + scales.nbytes] = (scales * np.float32(STEP)).tobytes()


def _content(model: Any, tensor: Any) -> tuple[Any, int, int]:
    """The tensor's buffer, and where its bytes start and how many there are."""
    buffer = model.Buffers(tensor.Buffer())
    return buffer, buffer._tab.Vector(buffer._tab.Offset(4)), buffer.DataLength()


def _weights(file: bytearray, model: Any, tensor: Any) -> None:
    _rescale(file, tensor)
    _, at, count = _content(model, tensor)
    values = np.frombuffer(file, dtype=np.int8, count=count, offset=at).astype(np.float64)
    packed = pack(np.clip(np.round(values / STEP), -8, 7).astype(np.int8))
    file[at : at + len(packed)] = packed.tobytes()
    file[at - 4 : at] = len(packed).to_bytes(4, "little")
    kind = tensor._tab.Pos + tensor._tab.Offset(6)
    file[kind] = tflite.TensorType.INT4


def _bias(file: bytearray, model: Any, tensor: Any) -> None:
    _rescale(file, tensor)
    _, at, count = _content(model, tensor)
    values = np.frombuffer(file, dtype=np.int32, count=count // 4, offset=at)
    file[at : at + count] = np.round(values / STEP).astype(np.int32).tobytes()
