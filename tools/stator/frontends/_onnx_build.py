"""Building a Graph out of ONNX's values: which tensor a value lies in, in which layout, and the operators that change that.

ONNX orders images [batch, channels, height, width]; our operators want the channels last. A value stays in the layout that it was
computed in until an operator needs another one.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from stator.errors import ModelError, UnsupportedOperator
from stator.ir import DType, Node, Quantization, Tensor, TensorType
from stator.ops import Operands, Refusal, operators

Array = npt.NDArray[Any]

MAX_ELEMENTS = 2**24
MAX_NODES = 4096
MAX_CONSTANT_BYTES = 64 * 1024 * 1024  # that the nodes read, each as often as it is read

TO_IMAGE, FROM_IMAGE = (0, 2, 3, 1), (0, 3, 1, 2)


class Layout(enum.Enum):
    PLAIN = enum.auto()  # as ONNX has it
    IMAGE = enum.auto()  # four dimensions, channels last; a [batch, channels, length] lies as an image of height 1
    FLAT = enum.auto()  # [batch, channels * height * width], with the channels innermost


@dataclass(frozen=True, slots=True)
class Value:
    """A float value of the ONNX graph: it lies in an INT8 tensor. `shape` is ONNX's; `inner`: channels, height, width of a FLAT one."""

    tensor: int
    shape: tuple[int, ...]
    quant: Quantization
    layout: Layout = Layout.PLAIN
    inner: tuple[int, int, int] = (1, 1, 1)


class Given:
    """Options of an operator, by the names of the TFLite schema."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def integer(self, name: str, default: int = 0) -> int:
        return int(self._options.get(name, default))

    def real(self, name: str, default: float = 0.0) -> float:
        return float(self._options.get(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self._options.get(name, default))

    def integers(self, name: str) -> tuple[int, ...]:
        return tuple(self._options.get(name, ()))


@dataclass(slots=True)
class Builder:
    """Tensors and nodes so far. `place` names model and node in messages."""

    place: str
    tensors: dict[int, Tensor] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    _moved: dict[tuple[int, str], int] = field(default_factory=dict)
    _spent: int = 0

    def fresh(self, name: str, kind: TensorType, data: Array | None = None) -> int:
        """A new tensor. Raises ModelError for one that is too large."""
        if kind.elements > MAX_ELEMENTS or len(kind.shape) > 6:
            raise ModelError(f"{self.place}: a tensor of shape {list(kind.shape)}", remedy=f"at most {MAX_ELEMENTS:,} elements are taken")
        index = len(self.tensors)
        self.tensors[index] = Tensor(index, name, kind, data)
        return index

    def spend(self, count: int) -> None:
        """Counts bytes that a file makes grow here. Raises ModelError."""
        self._spent += count
        if self._spent > MAX_CONSTANT_BYTES:
            raise ModelError(f"{self.place}: more than {MAX_CONSTANT_BYTES:,} B of constants", remedy="use a smaller model")

    def constant(self, name: str, data: Array, quant: Quantization | None = None) -> int:
        self.spend(data.nbytes)
        data = np.ascontiguousarray(data)
        return self.fresh(name, TensorType(data.shape, DType(str(data.dtype)), quant), data)

    def emit(self, kind: str, inputs: Sequence[int], quant: Quantization | None, *, outputs: int = 1, **options: Any) -> tuple[int, ...]:
        """Applies the operator that TFLite calls `kind`, and returns its outputs. Raises ModelError or UnsupportedOperator."""
        found = operators().get(kind)
        if found is None:
            raise UnsupportedOperator(f"{self.place}: needs {kind}, which Stator does not have", remedy="replace the layer")
        if len(self.nodes) >= MAX_NODES:
            raise ModelError(f"{self.place}: more than {MAX_NODES:,} layers", remedy="use a smaller model")
        operands = tuple(self.tensors[i] if i >= 0 else None for i in inputs)
        made = [self.fresh(f"{kind.lower()}_{len(self.nodes)}", TensorType((), DType.INT8, quant)) for _ in range(outputs)]
        try:
            op = found.from_tflite(Given(options))
            inferred = op.infer(Operands(operands, tuple(self.tensors[i] for i in made)))
        except Refusal as refusal:
            raise refusal.at(self.place) from None
        for index, type_ in zip(made, inferred, strict=True):
            if type_.elements > MAX_ELEMENTS or type_.elements < 1:
                raise ModelError(f"{self.place}: gives a tensor of shape {list(type_.shape)}", remedy="use a smaller model")
            self.tensors[index] = dataclasses.replace(self.tensors[index], type=type_)
        self.nodes.append(Node(len(self.nodes), op, tuple(inputs), tuple(made)))
        return tuple(made)

    def shape(self, tensor: int) -> tuple[int, ...]:
        return self.tensors[tensor].type.shape

    def reshape(self, tensor: int, shape: tuple[int, ...]) -> int:
        if self.shape(tensor) == shape:
            return tensor
        return self.emit("RESHAPE", [tensor], self.tensors[tensor].type.quant, NewShape=shape)[0]

    def transpose(self, tensor: int, order: tuple[int, ...]) -> int:
        """A reshape where only dimensions of 1 change places."""
        shape = self.shape(tensor)
        if [d for d in order if shape[d] != 1] == [d for d in range(len(shape)) if shape[d] != 1]:
            return self.reshape(tensor, tuple(shape[d] for d in order))
        permutation = self.constant("order", np.array(order, np.int32))
        return self.emit("TRANSPOSE", [tensor, permutation], self.tensors[tensor].type.quant)[0]

    def image(self, value: Value) -> Value:
        """The value with its channels last. Raises ModelError unless it has three or four dimensions."""
        if value.layout is Layout.IMAGE:
            return value
        if len(value.shape) not in (3, 4):
            raise ModelError(
                f"{self.place}: its input has shape {list(value.shape)}", remedy="use [batch, channels, length] or [batch, channels, h, w]"
            )
        value = self.plain(value)
        key = (value.tensor, "image")
        if key not in self._moved:
            batch, channels, *size = value.shape
            four = self.reshape(value.tensor, (batch, channels, *([1] if len(size) == 1 else []), *size))
            self._moved[key] = self.transpose(four, TO_IMAGE)
        return dataclasses.replace(value, tensor=self._moved[key], layout=Layout.IMAGE)

    def plain(self, value: Value) -> Value:
        """The value in ONNX's own order."""
        if value.layout is Layout.PLAIN:
            return value
        key = (value.tensor, f"plain {value.shape}")
        if key not in self._moved:
            tensor = value.tensor
            if value.layout is Layout.FLAT:
                channels, height, width = value.inner
                tensor = self.reshape(tensor, (value.shape[0], height, width, channels))
            self._moved[key] = self.reshape(self.transpose(tensor, FROM_IMAGE), value.shape)
        return dataclasses.replace(value, tensor=self._moved[key], layout=Layout.PLAIN)

    def requantized(self, value: Value, quant: Quantization) -> Value:
        """The value under another scale and zero point."""
        if value.quant == quant:
            return value
        return dataclasses.replace(value, tensor=self.emit("QUANTIZE", [value.tensor], quant)[0], quant=quant)
