"""The intermediate representation: what a model is between the file it came from and the C it becomes.

Everything here is frozen. A pass takes a `Graph` and returns a new one; nothing is changed in place.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from stator.ops import Operator


class DType(enum.Enum):
    """Element types. The value is the NumPy name, which is also the C type without its `_t`.

    INT4 is for weights alone: in files and in flash two of them are a byte, the first in its low half; in NumPy each is an int8.
    """

    INT4 = "int4"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    UINT8 = "uint8"
    BOOL = "bool"
    FLOAT32 = "float32"

    @property
    def bytes(self) -> int:
        """Of an element; of INT4, where two are a byte, those of one that stands alone."""
        return self.numpy.itemsize

    @property
    def numpy(self) -> np.dtype[np.generic]:
        return np.dtype("int8" if self is DType.INT4 else self.value)


@dataclass(frozen=True, slots=True)
class Quantization:
    """real = scale * (q - zero_point). One scale for the tensor, or one per index of `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int | None = None

    @property
    def scale(self) -> float:
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        return self.zero_points[0]


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape (outermost first, NHWC), element type and quantization of a tensor."""

    shape: tuple[int, ...]
    dtype: DType
    quant: Quantization | None = None

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        return -(-self.elements // 2) if self.dtype is DType.INT4 else self.elements * self.dtype.bytes


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A value of the graph. `data` is set for constants (weights, biases, shapes), and only for them.

    A variable keeps its value from one run to the next, and one operator reads and updates it. It starts at its zero point, or with
    the values of `start`, repeated as often as it takes.
    """

    index: int
    name: str
    type: TensorType
    data: npt.NDArray[np.generic] | None = None
    variable: bool = False
    start: npt.NDArray[np.generic] | None = None

    @property
    def constant(self) -> bool:
        return self.data is not None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operator applied: tensor indices in, tensor indices out. -1 marks an optional input that is absent."""

    index: int
    op: Operator
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A model: tensors by index, and nodes in an order in which they can run."""

    name: str
    sha256: str
    tensors: dict[int, Tensor]
    nodes: tuple[Node, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    #: Tensors that a pass has added and that are rows first..end-1 of a tensor of the file: (that tensor, first, end).
    rows: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    #: Of tensors that a pass has narrowed: which indices of the file's last axis are left, in order.
    channels: dict[int, npt.NDArray[np.intp]] = field(default_factory=dict)
    #: Columns of the file's input, where a run takes the newest of them and variables hold what is needed of the others; else 0.
    frames: int = 0

    def inputs_of(self, node: Node) -> tuple[Tensor | None, ...]:
        return tuple(self.tensors[i] if i >= 0 else None for i in node.inputs)

    def outputs_of(self, node: Node) -> tuple[Tensor, ...]:
        return tuple(self.tensors[i] for i in node.outputs)

    def constants(self) -> Iterator[Tensor]:
        return (t for t in self.tensors.values() if t.constant)

    def variables(self) -> Iterator[Tensor]:
        return (t for t in self.tensors.values() if t.variable)
