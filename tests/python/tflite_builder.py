"""Writes small .tflite files for tests, by the schema package: any operators, as good or as broken as asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flatbuffers
import numpy as np
import tflite

TYPES = {"int8": 9, "int16": 7, "int32": 2, "int64": 4, "uint8": 3, "float32": 0, "bool": 6, "int4": 17, "string": 5, "resource": 13}


@dataclass
class _Tensor:
    shape: tuple[int, ...]
    dtype: str
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int
    data: bytes | None
    name: str
    variable: bool = False


@dataclass
class _Operator:
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    table: str | None
    options: Mapping[str, Any] = field(default_factory=dict)


class Model:
    """Tensors and operators in the order in which they are added; `build` gives the file's bytes. `initial` is a second subgraph."""

    def __init__(self) -> None:
        self.tensors: list[_Tensor] = []
        self.operators: list[_Operator] = []
        self.version = 3
        self.subgraphs = 1
        self.identifier = b"TFL3"
        self.external: set[int] = set()
        self.initial: Model | None = None

    def tensor(
        self,
        shape: Sequence[int],
        dtype: str = "int8",
        scale: float | Sequence[float] = (),
        zero_point: int | Sequence[int] | None = None,
        *,
        axis: int = 0,
        data: Any = None,
        name: str = "",
        variable: bool = False,
    ) -> int:
        """Adds a tensor and returns its index. `data` (an array, or raw bytes) makes it a constant."""
        scales = (float(scale),) if isinstance(scale, int | float) else tuple(float(s) for s in scale)
        if zero_point is None:
            points: tuple[int, ...] = (0,) * len(scales)
        else:
            points = (zero_point,) if isinstance(zero_point, int) else tuple(int(z) for z in zero_point)
        raw = data if isinstance(data, bytes) or data is None else np.ascontiguousarray(data).tobytes()
        self.tensors.append(_Tensor(tuple(shape), dtype, scales, points, axis, raw, name or f"t{len(self.tensors)}", variable))
        return len(self.tensors) - 1

    def operator(self, name: str, inputs: Sequence[int], outputs: Sequence[int], table: str | None = None, **options: Any) -> None:
        """Adds an operator. `table` names its options table; keyword arguments are the table's fields by their schema names."""
        self.operators.append(_Operator(name, tuple(inputs), tuple(outputs), table, options))

    def build(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        b = flatbuffers.Builder(1024)
        parts = [self] if self.initial is None else [self, self.initial]
        names = list(dict.fromkeys(op.name for part in parts for op in part.operators))
        buffers = [self._buffer(b, None, False)]
        first, *rest = [part._subgraph(b, buffers, names, *ends) for part, ends in zip(parts, ((inputs, outputs), ((), ())), strict=False)]
        codes = [self._code(b, name) for name in names]
        subgraphs = self._offsets(b, [*[first] * self.subgraphs, *rest])
        code_vector, buffer_vector = self._offsets(b, codes), self._offsets(b, buffers)
        tflite.ModelStart(b)
        tflite.ModelAddVersion(b, self.version)
        tflite.ModelAddOperatorCodes(b, code_vector)
        tflite.ModelAddSubgraphs(b, subgraphs)
        tflite.ModelAddBuffers(b, buffer_vector)
        b.Finish(tflite.ModelEnd(b), file_identifier=self.identifier)
        return bytes(b.Output())

    def _subgraph(self, b: Any, buffers: list[int], names: Sequence[str], inputs: Sequence[int], outputs: Sequence[int]) -> int:
        tensors = []
        for index, tensor in enumerate(self.tensors):
            number = 0
            if tensor.data is not None or index in self.external:
                buffers.append(self._buffer(b, tensor.data, index in self.external))
                number = len(buffers) - 1
            tensors.append(self._tensor(b, tensor, number))
        operators = [self._operator(b, op, names.index(op.name)) for op in self.operators]
        tensor_vector, operator_vector = self._offsets(b, tensors), self._offsets(b, operators)
        inputs_vector, outputs_vector = self._integers(b, inputs), self._integers(b, outputs)
        tflite.SubGraphStart(b)
        tflite.SubGraphAddTensors(b, tensor_vector)
        tflite.SubGraphAddInputs(b, inputs_vector)
        tflite.SubGraphAddOutputs(b, outputs_vector)
        tflite.SubGraphAddOperators(b, operator_vector)
        return int(tflite.SubGraphEnd(b))

    @staticmethod
    def _offsets(b: Any, items: Sequence[int]) -> int:
        b.StartVector(4, len(items), 4)
        for item in reversed(items):
            b.PrependUOffsetTRelative(item)
        return int(b.EndVector())

    @staticmethod
    def _integers(b: Any, items: Sequence[int]) -> int:
        return int(b.CreateNumpyVector(np.array(items, dtype=np.int32)))

    @staticmethod
    def _buffer(b: Any, data: bytes | None, external: bool) -> int:
        vector = None
        if data is not None and not external:
            b.StartVector(1, len(data), 16)
            b.head -= len(data)
            b.Bytes[b.head : b.head + len(data)] = data
            vector = b.EndVector()
        tflite.BufferStart(b)
        if vector is not None:
            tflite.BufferAddData(b, vector)
        if external:
            tflite.BufferAddOffset(b, 4096)
            tflite.BufferAddSize(b, 16)
        return int(tflite.BufferEnd(b))

    def _tensor(self, b: Any, tensor: _Tensor, buffer: int) -> int:
        name = b.CreateString(tensor.name)
        shape = self._integers(b, tensor.shape)
        scales = b.CreateNumpyVector(np.array(tensor.scales, dtype=np.float32))
        points = b.CreateNumpyVector(np.array(tensor.zero_points, dtype=np.int64))
        tflite.QuantizationParametersStart(b)
        if tensor.scales:
            tflite.QuantizationParametersAddScale(b, scales)
            tflite.QuantizationParametersAddZeroPoint(b, points)
            tflite.QuantizationParametersAddQuantizedDimension(b, tensor.axis)
        quantization = tflite.QuantizationParametersEnd(b)
        tflite.TensorStart(b)
        tflite.TensorAddShape(b, shape)
        tflite.TensorAddType(b, TYPES[tensor.dtype])
        tflite.TensorAddBuffer(b, buffer)
        tflite.TensorAddName(b, name)
        tflite.TensorAddQuantization(b, quantization)
        tflite.TensorAddIsVariable(b, tensor.variable)
        return int(tflite.TensorEnd(b))

    def _operator(self, b: Any, op: _Operator, code: int) -> int:
        options = None
        if op.table is not None:
            fields = {k: self._option(b, v) for k, v in op.options.items()}
            getattr(tflite, f"{op.table}Start")(b)
            for field_name, value in fields.items():
                getattr(tflite, f"{op.table}Add{field_name}")(b, value)
            options = getattr(tflite, f"{op.table}End")(b)
        inputs, outputs = self._integers(b, op.inputs), self._integers(b, op.outputs)
        tflite.OperatorStart(b)
        tflite.OperatorAddOpcodeIndex(b, code)
        tflite.OperatorAddInputs(b, inputs)
        tflite.OperatorAddOutputs(b, outputs)
        if options is not None:
            tflite.OperatorAddBuiltinOptionsType(b, getattr(tflite.BuiltinOptions, str(op.table)))
            tflite.OperatorAddBuiltinOptions(b, options)
        return int(tflite.OperatorEnd(b))

    def _option(self, b: Any, value: Any) -> Any:
        if isinstance(value, str):
            return b.CreateString(value)
        return self._integers(b, value) if isinstance(value, list | tuple) else value

    @staticmethod
    def _code(b: Any, name: str) -> int:
        number = getattr(tflite.BuiltinOperator, name)
        custom = b.CreateString("my_operator") if name == "CUSTOM" else None
        tflite.OperatorCodeStart(b)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(b, min(number, 127))
        tflite.OperatorCodeAddBuiltinCode(b, number)
        tflite.OperatorCodeAddVersion(b, 1)
        if custom is not None:
            tflite.OperatorCodeAddCustomCode(b, custom)
        return int(tflite.OperatorCodeEnd(b))
