"""TFLite files, by the schema package `tflite` from PyPI.

Every byte is hostile. The flatbuffers accessors check no bounds of their own, so this file relies on three things: a read past
the end raises struct.error or ValueError (Python reads nothing outside the buffer), every vector is taken as a NumPy view whose
length NumPy checks against the file before anything is allocated or looped over, and no tensor is looked at unless a node, an
input or an output names it. What has been read is then checked as a whole by `stator.passes.verify`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite
from flatbuffers.table import Table

from stator.errors import ModelError, StatorError, UnsupportedOperator
from stator.frontends import Seen, Survey
from stator.frontends._resources import OPERANDS, Name, Resources
from stator.ir import DType, Graph, Node, Quantization, Tensor, TensorType
from stator.numerics import unpack
from stator.ops import Operands, Operator, Refusal, operators
from stator.passes.fold_constants import fold_constants
from stator.passes.verify import verify, verify_types

SUFFIXES = (".tflite",)

# Limits of what is taken, far above any model that fits a microcontroller and low enough to bound time and memory.
ONE_GRAPH = "remove control flow and all signatures but one; of a recurrent Keras model, compile --calibrate takes the .keras file"
MAX_TENSORS = 8192
MAX_NODES = 2048
MAX_OPERANDS = 64
MAX_RANK = 6
MAX_ELEMENTS = 2**24
MAX_SCALES = 2**18
MAX_NAME = 120
MAX_KNOWN_BYTES = 2**16  # of a tensor that a survey computes because it follows from constants

_BROKEN = (struct.error, ValueError, IndexError, TypeError, OverflowError)
_DTYPES = {
    tflite.TensorType.INT4: DType.INT4,
    tflite.TensorType.INT8: DType.INT8,
    tflite.TensorType.INT16: DType.INT16,
    tflite.TensorType.INT32: DType.INT32,
    tflite.TensorType.INT64: DType.INT64,
    tflite.TensorType.UINT8: DType.UINT8,
    tflite.TensorType.BOOL: DType.BOOL,
    tflite.TensorType.FLOAT32: DType.FLOAT32,
}
_ZERO_POINTS = {DType.INT8: (-128, 127), DType.UINT8: (0, 255), DType.INT16: (-32768, 0)}


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if isinstance(value, int)}


_OPERATORS = _names(tflite.BuiltinOperator)
_OPTIONS = _names(tflite.BuiltinOptions)
_TYPES = _names(tflite.TensorType)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options table of one operator; `table` is None where the file has none, and the schema's defaults hold."""

    table: Any

    def integer(self, name: str, default: int = 0) -> int:
        return default if self.table is None else int(getattr(self.table, name)())

    def real(self, name: str, default: float = 0.0) -> float:
        value = default if self.table is None else float(getattr(self.table, name)())
        if not math.isfinite(value):
            raise Refusal(f"option {name} is {value}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return default if self.table is None else bool(getattr(self.table, name)())

    def integers(self, name: str) -> tuple[int, ...]:
        return () if self.table is None else _view(getattr(self.table, name + "AsNumpy")(), MAX_RANK, name)


def _view(vector: Any, limit: int, what: str) -> tuple[int, ...]:
    """A vector of integers, which the accessor gave as a NumPy view (or 0 where it is absent)."""
    if isinstance(vector, int):
        return ()
    if len(vector) > limit:
        raise ValueError(f"{what} has {len(vector):,} entries, and at most {limit} are taken")
    return tuple(int(v) for v in vector)


def read(data: bytes, name: str) -> Graph:
    """Reads the bytes of a .tflite file. Raises ModelError or UnsupportedOperator."""
    with _told(data, name):
        graph = _Reader(data, name).graph()
    graph = fold_constants(graph)
    verify(graph)
    return graph


def survey(data: bytes, name: str) -> Survey:
    """Every operator of a .tflite file, and why Stator does not take it, where it does not. Raises ModelError for a broken file."""
    with _told(data, name):
        seen = tuple(_Reader(data, name).survey())
    if any(entry.problem is not None for entry in seen):
        return Survey(name, seen)
    try:
        read(data, name)
    except ModelError as error:
        return Survey(name, seen, error)
    return Survey(name, seen)


@contextlib.contextmanager
def _told(data: bytes, name: str) -> Iterator[None]:
    """Turns what reading a broken file raises into a ModelError."""
    where = f"model '{name}'"
    if data[4:8] != b"TFL3":
        raise ModelError(f"{where} is not a TFLite file: the mark TFL3 at offset 4 is missing", remedy="check the path")
    try:
        yield
    except _BROKEN as error:
        raise ModelError(
            f"{where} is truncated or corrupt",
            details=(f"the file has {len(data):,} B; {error}",),
            remedy="copy or convert the model again",
        ) from None


class _Reader:
    """One subgraph of a file: number 0 is the model, and number 1, if there is one, what initialises its variables."""

    def __init__(self, data: bytes, name: str, number: int = 0) -> None:
        self.data = data
        self.name = name
        self.model = tflite.Model.GetRootAs(data, 0)
        if self.model.Version() != 3:
            raise ModelError(f"model '{name}' has schema version {self.model.Version()}, and 3 is needed", remedy="convert the model again")
        subgraphs = self.model.SubgraphsLength()
        if not 1 <= subgraphs <= 2:
            raise ModelError(f"model '{name}' has {subgraphs:,} subgraphs, and 1 is needed", remedy=ONE_GRAPH)
        self.number = number
        self.subgraph = self.model.Subgraphs(number)
        self.tensors = self._bounded(self.subgraph.TensorsLength(), MAX_TENSORS, "tensors")
        self.nodes = self._bounded(self.subgraph.OperatorsLength(), MAX_NODES, "operators")
        self.buffers = self._bounded(self.model.BuffersLength(), MAX_TENSORS + 64, "buffers")
        self.scales = 0
        self.unpacked: dict[int, npt.NDArray[np.int8]] = {}  # INT4 weights by buffer, so that a table which many tensors name is one
        self.codes = self._bounded(self.model.OperatorCodesLength(), MAX_NODES, "operator codes")

    def _bounded(self, count: int, limit: int, what: str) -> int:
        if count > limit:
            raise ModelError(
                f"model '{self.name}' says it has {count:,} {what}, and at most {limit:,} are taken", remedy="use a smaller model"
            )
        return int(count)

    def graph(self) -> Graph:
        known = operators()
        self._refuse_unknown(known)
        inputs = _view(self.subgraph.InputsAsNumpy(), MAX_OPERANDS, "inputs")
        outputs = _view(self.subgraph.OutputsAsNumpy(), MAX_OPERANDS, "outputs")
        tensors = {index: self._tensor(index) for index in dict.fromkeys((*inputs, *outputs))}
        nodes: list[Node] = []
        resources = Resources()
        for index in range(self.nodes):
            raw, kind, reads, writes = self._node(index)
            if kind in OPERANDS:
                self._resource(resources, index, tensors, nodes)
                continue
            for tensor in (*reads, *writes):
                if tensor != -1 and tensor not in tensors:
                    tensors[tensor] = self._tensor(tensor)
            nodes.append(Node(index, self._operator(known[kind], raw, index), reads, writes))
        if self.model.SubgraphsLength() > 1 and not resources.started:
            raise ModelError(f"model '{self.name}' has a second subgraph that no CALL_ONCE names", remedy=ONE_GRAPH)
        try:
            nodes = resources.finish(tensors, nodes, self.tensors)
        except Refusal as refusal:
            raise refusal.at(f"model '{self.name}'") from None
        sha256 = hashlib.sha256(self.data).hexdigest()
        return Graph(self.name, sha256, tensors, tuple(nodes), inputs, outputs)

    def _refuse_unknown(self, known: Mapping[str, type[Operator]]) -> None:
        """Names the operators that Stator lacks, before anything else of the file is judged."""
        kinds = ((index, self._node(index)[1]) for index in range(self.nodes))
        missing = [f"node {index}: {kind}" for index, kind in kinds if kind not in known and kind not in OPERANDS]
        if missing:
            more = (f"... and {len(missing) - 8} more",) if len(missing) > 8 else ()
            raise UnsupportedOperator(
                f"model '{self.name}' uses operators that Stator does not have yet",
                details=(*missing[:8], *more),
                remedy=f"build the model from {', '.join(known)}; "
                "or add the operator: one file in tools/stator/ops/ and one folder in firmware/kernels/",
            )

    def _node(self, index: int) -> tuple[Any, str, tuple[int, ...], tuple[int, ...]]:
        """An operator of the file: its table, its name, what it reads and writes."""
        raw = self.subgraph.Operators(index)
        reads = _view(raw.InputsAsNumpy(), MAX_OPERANDS, f"inputs of operator {index}")
        writes = _view(raw.OutputsAsNumpy(), MAX_OPERANDS, f"outputs of operator {index}")
        return raw, self._kind(raw, index), reads, writes

    def _resource(self, resources: Resources, index: int, tensors: dict[int, Tensor], nodes: list[Node]) -> None:
        """Reads an operator that deals with variables. Adds the tensors that it names to `tensors`, and what it becomes to `nodes`."""
        raw, kind, reads, writes = self._node(index)
        try:
            if (len(reads), len(writes)) != OPERANDS[kind] or -1 in (*reads, *writes):
                raise Refusal(f"{len(reads)} inputs and {len(writes)} outputs")
            for tensor in (*reads[1:], *(writes if kind == "READ_VARIABLE" else ())):
                if tensor not in tensors:
                    tensors[tensor] = self._tensor(tensor)
            if kind == "VAR_HANDLE":
                resources.handle(writes[0], self._variable(raw, index))
            elif kind == "CALL_ONCE":
                if resources.started:
                    raise Refusal("a second CALL_ONCE", remedy=ONE_GRAPH, unsupported=True)
                resources.start(self._initial(raw, index))
            elif kind == "READ_VARIABLE":
                resources.read(index, reads[0], writes[0], nodes)
            else:
                resources.assign(index, reads[0], reads[1], nodes)
        except Refusal as refusal:
            raise refusal.at(f"model '{self.name}', node {index} ({kind})") from None

    def _variable(self, raw: Any, index: int) -> Name:
        """What a VAR_HANDLE calls its variable."""
        table = self._options("VAR_HANDLE", "VarHandleOptions", raw, index)
        if table is None:
            raise Refusal("a variable without a name")
        return Name(self._string(table, 4), self._string(table, 6), self._text(table, 6))

    def _initial(self, raw: Any, index: int) -> list[tuple[Name, Tensor]]:
        """What the subgraph that a CALL_ONCE names assigns."""
        table = self._options("CALL_ONCE", "CallOnceOptions", raw, index)
        number = 0 if table is None else int(table.InitSubgraphIndex())
        if self.number or number != 1 or self.model.SubgraphsLength() != 2:
            raise Refusal(f"it calls subgraph {number}", remedy=ONE_GRAPH, unsupported=True)
        return _Reader(self.data, self.name, number).assigned()

    def assigned(self) -> list[tuple[Name, Tensor]]:
        """The constants that are assigned to variables, where the subgraph does nothing else."""
        handles: dict[int, Name] = {}
        values = []
        for index in range(self.nodes):
            raw, kind, reads, writes = self._node(index)
            if kind not in ("VAR_HANDLE", "ASSIGN_VARIABLE") or (len(reads), len(writes)) != OPERANDS[kind]:
                raise Refusal(f"{kind} initialises variables", remedy="initialise variables with constants", unsupported=True)
            if kind == "VAR_HANDLE":
                handles[writes[0]] = self._variable(raw, index)
                continue
            value = self._tensor(reads[1])
            if reads[0] not in handles or not value.constant:
                raise Refusal("a variable starts with no constant", remedy="initialise variables with constants", unsupported=True)
            values.append((handles[reads[0]], value))
        return values

    def survey(self) -> Iterator[Seen]:
        """Every operator, one after the other; what an earlier one makes constant, a later one may need as a constant."""
        known = operators()
        tensors: dict[int, Tensor] = {}
        resources = Resources()
        for index in range(self.nodes):
            raw, kind, reads, writes = self._node(index)
            first = next((self._raw(tensor) for tensor in reads if tensor != -1), None)
            dtype = "" if first is None else str(_TYPES.get(first.Type(), first.Type())).lower()
            output = self._text(self._raw(writes[0]), 10) if writes else ""
            if kind in OPERANDS:
                problem = self._no_resource(resources, index, tensors)
            else:
                problem = self._problem(known.get(kind), kind, raw, index, (reads, writes), tensors)
            yield Seen(index, kind, output, dtype, problem)

    def _no_resource(self, resources: Resources, index: int, tensors: dict[int, Tensor]) -> StatorError | None:
        """Why an operator that deals with variables is not taken."""
        try:
            self._resource(resources, index, tensors, [])
        except ModelError as error:
            return error
        return None

    def _problem(
        self,
        found: type[Operator] | None,
        kind: str,
        raw: Any,
        index: int,
        operands: tuple[tuple[int, ...], tuple[int, ...]],
        tensors: dict[int, Tensor],
    ) -> StatorError | None:
        """Why an operator is not taken. Adds the tensors it names to `tensors`."""
        place = f"model '{self.name}', node {index} ({kind})"
        reads, writes = operands
        try:
            for tensor in (*reads, *writes):
                if tensor != -1 and tensor not in tensors:
                    tensors[tensor] = self._tensor(tensor)
            if found is None:
                return UnsupportedOperator(f"{place}: Stator does not have this operator")
            if -1 in writes:
                raise ModelError(f"{place}: an output is missing", remedy="convert the model again")
            op = self._operator(found, raw, index)
            on = Operands(tuple(tensors[i] if i >= 0 else None for i in reads), tuple(tensors[o] for o in writes))
            verify_types(place, op, on)
            if op.known(on) and not op.macs(on) and all(t.type.bytes <= MAX_KNOWN_BYTES for t in on.outputs):
                for t, values in zip(on.outputs, op.reference(on, *(None if t is None else t.data for t in on.inputs)), strict=True):
                    tensors[t.index] = dataclasses.replace(t, data=values)
        except ModelError as error:
            return error
        return None

    def _raw(self, index: int) -> Any:
        if not 0 <= index < self.tensors:
            raise ValueError(f"tensor {index} of {self.tensors} is asked for")
        return self.subgraph.Tensors(index)

    def _kind(self, raw: Any, index: int) -> str:
        code = raw.OpcodeIndex()
        if code >= self.codes:
            raise ValueError(f"operator {index} has code {code} of {self.codes}")
        entry = self.model.OperatorCodes(code)
        number = max(entry.BuiltinCode(), entry.DeprecatedBuiltinCode())
        if number == tflite.BuiltinOperator.CUSTOM:
            return f"CUSTOM({self._text(entry, 6)})"
        return _OPERATORS.get(number, f"number {number}")

    def _operator(self, kind: type[Operator], raw: Any, index: int) -> Operator:
        table = None if kind.options is None else self._options(kind.name, kind.options, raw, index)
        try:
            return kind.from_tflite(_Options(table))
        except Refusal as refusal:
            raise refusal.at(f"model '{self.name}', node {index} ({kind.name})") from None

    def _options(self, name: str, options: str, raw: Any, index: int) -> Any:
        """The table of that type which an operator carries; None where it carries none."""
        present = raw.BuiltinOptionsType()
        if present == tflite.BuiltinOptions.NONE:
            return None
        if _OPTIONS.get(present) != options:
            raise ValueError(f"operator {index} ({name}) carries {_OPTIONS.get(present, present)} and needs {options}")
        union = raw.BuiltinOptions()
        if union is None:
            return None
        table = getattr(tflite, options)()
        table.Init(union.Bytes, union.Pos)
        return table

    def _tensor(self, index: int) -> Tensor:
        raw = self._raw(index)
        label = f"tensor {index} '{self._text(raw, 10)}'"
        dtype = _DTYPES.get(raw.Type())
        if dtype is None:
            raise ModelError(
                f"model '{self.name}': {label} has type {_TYPES.get(raw.Type(), raw.Type())}, which Stator does not take",
                remedy="quantize the model to INT8",
            )
        shape = _view(raw.ShapeAsNumpy(), MAX_RANK, f"shape of {label}")
        if any(d <= 0 for d in shape):
            raise ModelError(
                f"model '{self.name}': {label} has shape {list(shape)}", remedy="fix every dimension before converting, the batch too (1)"
            )
        if math.prod(shape) > MAX_ELEMENTS:
            raise ModelError(
                f"model '{self.name}': {label} has {math.prod(shape):,} elements, and at most {MAX_ELEMENTS:,} are taken",
                remedy="use a smaller model",
            )
        if raw.Sparsity() is not None:
            raise ModelError(f"model '{self.name}': {label} is stored sparsely", remedy="convert without sparsity compression")
        kind = TensorType(shape, dtype, self._quantization(raw, shape, dtype, label))
        values = self._values(raw, kind, label)
        if dtype is DType.INT4 and values is None:
            raise ModelError(
                f"model '{self.name}': {label} is an INT4 activation, and INT4 is taken for weights alone",
                remedy="quantize activations to INT8",
            )
        return Tensor(index, self._text(raw, 10), kind, values, bool(raw.IsVariable()))

    def _values(self, raw: Any, kind: TensorType, label: str) -> Any:
        number = raw.Buffer()
        if number >= self.buffers:
            raise ValueError(f"{label} has buffer {number} of {self.buffers}")
        buffer = self.model.Buffers(number)
        if buffer.Offset() or buffer.Size():
            raise ModelError(f"model '{self.name}': {label} lies outside the flatbuffer", remedy="convert without external buffers")
        values = buffer.DataAsNumpy()
        if isinstance(values, int) or len(values) == 0:
            return None
        if len(values) != kind.bytes:
            raise ValueError(f"{label} needs {kind.bytes:,} B and its buffer has {len(values):,} B")
        if kind.dtype is DType.INT4:
            if number not in self.unpacked:
                self.unpacked[number] = unpack(values)
            return self.unpacked[number][: kind.elements].reshape(kind.shape)
        # A view of the file, so that a table which many tensors name costs nothing.
        return np.frombuffer(values, dtype=kind.dtype.numpy.newbyteorder("<")).astype(kind.dtype.numpy, copy=False).reshape(kind.shape)

    def _quantization(self, raw: Any, shape: tuple[int, ...], dtype: DType, label: str) -> Quantization | None:
        table = raw.Quantization()
        if table is None or table.ScaleLength() == 0:
            return None
        if table.DetailsType() != 0:
            raise ModelError(f"model '{self.name}': {label} has a custom quantization", remedy="use TFLite's own INT8 quantization")
        scales, zero_points = table.ScaleAsNumpy(), table.ZeroPointAsNumpy()
        self.scales += len(scales)
        if self.scales > MAX_SCALES:
            raise ModelError(f"model '{self.name}' has more than {MAX_SCALES:,} scales", remedy="use a smaller model")
        points = np.zeros(len(scales), dtype=np.int64) if isinstance(zero_points, int) else zero_points
        if len(points) != len(scales):
            raise ValueError(f"{label} has {len(scales)} scales and {len(points)} zero points")
        axis = int(table.QuantizedDimension()) if len(shape) != 1 else 0  # older converters name a bias's axis as that of the weights
        if len(scales) > 1 and not (0 <= axis < len(shape) and shape[axis] == len(scales)):
            raise ValueError(f"{label} has {len(scales)} scales along dimension {axis} of shape {list(shape)}")
        if not bool(np.all(np.isfinite(scales) & (scales > 0))):
            raise ModelError(
                f"model '{self.name}': {label} has a scale that is zero, negative or not finite",
                remedy="calibrate with real data and convert again",
            )
        low, high = _ZERO_POINTS.get(dtype, (0, 0))
        if not bool(np.all((points >= low) & (points <= high))):
            raise ModelError(
                f"model '{self.name}': {label} has a zero point outside {low}..{high}", remedy="calibrate with real data and convert again"
            )
        return Quantization(tuple(float(s) for s in scales), tuple(int(z) for z in points), axis if len(scales) > 1 else None)

    def _string(self, raw: Any, slot: int) -> bytes:
        """A string of the file."""
        table: Table = raw._tab
        offset = table.Offset(slot)
        if not offset:
            return b""
        start, length = table.Vector(offset), table.VectorLen(offset)
        if start + length > len(self.data):
            raise ValueError(f"a text of {length:,} B at offset {start:,} goes past the end")
        return self.data[start : start + length]

    def _text(self, raw: Any, slot: int) -> str:
        """A string of the file, cut to MAX_NAME and to characters that are harmless in messages and in C comments."""
        text = self._string(raw, slot)[:MAX_NAME].decode("ascii", errors="replace")
        return re.sub(r"[^A-Za-z0-9_./:;,+\-\[\]() ]", "_", text)
