"""Operators: what a layer computes, what it costs, and which kernel computes it on the target.

One file per operator; a file that is put here is found, nothing lists it. An operator says how it is read from a model
(`from_tflite`), what it takes (`check`), which shapes follow (`infer`), what it computes (`reference`: NumPy, bit-exact to
the kernels that define INT8 semantics, TensorFlow Lite Micro's with double rounding), what it costs (`macs`), and the call
of a kernel in `firmware/kernels/` that computes it (`kernel`).
"""

from __future__ import annotations

import abc
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from stator.channels import Bounds, Mask, everything
from stator.errors import ModelError, UnsupportedOperator
from stator.ir import DType, Graph, Node, Quantization, Tensor, TensorType
from stator.numerics import INT32_MAX

Array = npt.NDArray[Any]

#: What to do about an element type that is not taken.
TO_INT8 = "quantize the whole model to INT8 with a representative dataset; compile --calibrate DIR does it for a float model"


class Refusal(Exception):
    """An operator does not take what it is applied to. Whoever knows model and node turns it into a ModelError."""

    def __init__(self, what: str, *, remedy: str = "convert the model again", unsupported: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.unsupported = unsupported

    def at(self, where: str) -> ModelError:
        """The error a user reads; `where` names model, node and operator."""
        kind = UnsupportedOperator if self.unsupported else ModelError
        return kind(f"{where}: {self.what}", remedy=self.remedy)


class Options(Protocol):
    """The options of one operator of a model file, by the name that the TFLite schema gives them."""

    def integer(self, name: str, default: int = 0) -> int: ...

    def real(self, name: str, default: float = 0.0) -> float: ...

    def flag(self, name: str, default: bool = False) -> bool: ...

    def integers(self, name: str) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Operands:
    """The tensors that an operator is applied to; None marks an optional input that is absent."""

    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]

    @classmethod
    def of(cls, graph: Graph, node: Node) -> Operands:
        return cls(graph.inputs_of(node), graph.outputs_of(node))

    def input(self, position: int = 0) -> Tensor:
        """The input at `position`; refuses an absent one."""
        found = self.inputs[position] if position < len(self.inputs) else None
        if found is None:
            raise Refusal(f"input {position} is missing", remedy="convert the model again; the file is not a valid TFLite model")
        return found

    def optional(self, position: int) -> Tensor | None:
        return self.inputs[position] if position < len(self.inputs) else None

    @property
    def output(self) -> Tensor:
        return self.outputs[0]

    def constant(self, position: int, what: str) -> Array:
        """The values of a constant input."""
        tensor = self.input(position)
        if tensor.data is None:
            raise Refusal(f"{what} ('{tensor.name}') are not constant", remedy="freeze the weights before converting", unsupported=True)
        return tensor.data

    def integers(self, position: int, what: str) -> tuple[int, ...]:
        """The values of a constant input of whole numbers: axes, a shape, paddings."""
        data = self.constant(position, what)
        if data.dtype not in (np.int32, np.int64) or data.size > 64 or (data.size and int(np.abs(data).max()) > INT32_MAX):
            raise Refusal(f"{what} are {data.size} values of {data.dtype}, and a few of int32 are needed", remedy="convert the model again")
        return tuple(int(v) for v in data.reshape(-1))

    def quant(self, tensor: Tensor) -> Quantization:
        """Scale and zero point of an INT8 activation: one of each."""
        quant = tensor.type.quant
        if quant is None or len(quant.scales) != 1:
            raise Refusal(
                f"tensor '{tensor.name}' needs one scale and one zero point",
                remedy="quantize the whole model to INT8 (full integer quantization with a representative dataset)",
            )
        return quant


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A table in flash: `static const <ctype> <layer>_<name>[] = {...}`."""

    name: str
    ctype: str
    data: Array

    @property
    def bytes(self) -> int:
        return int(self.data.nbytes)


Value = int | float | tuple[int, ...] | Constant | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """An output may lie partly over an input that nobody reads later, by the kernel's order of reads and writes; bytes.

    The output's first byte may lie before the input's, by at least `ahead`; then the kernel runs forwards. Or after it, by at least
    `behind`; then the kernel's parameter `backwards` is 1. None: not over this input, on that side.
    """

    input: int  # position among the call's inputs
    output: int
    ahead: int | None
    behind: int | None


@dataclass(frozen=True, slots=True, eq=False)
class KernelCall:
    """One call of a kernel, as data. The emitter prints it as

        static const struct <struct> <layer> = {.<field> = <value>, ...};
        status = stator_<kernel>__<isa>(<outputs...>, <inputs...>, &<layer>);

    with one more argument, `void *scratch`, at the end where the kernel takes scratch (`scratch_bytes` is not None).
    `outputs` and `inputs` are tensor indices of the graph; an input that is a constant is handed over where it lies in flash.
    With `lists` the kernel takes two arrays of pointers instead, however many tensors there are.
    A field's value is a number, numbers (an array inside the struct), a table or None (a null pointer). The value of a field called
    `backwards` is the plan's: 1 where an output lies behind an input that it overlaps.
    `overlaps` holds for this kernel's order of reads and writes, which its header promises and tests/python/test_overlap.py proves.
    `in_place`: pairs (input, output) of positions that may be the same bytes, beside those that hold for all kernels of the operator.
    `instead`: another call for the same bytes, which a core's kernels may take where they do not take this one.
    """

    kernel: str
    header: str
    struct: str
    outputs: tuple[int, ...]
    inputs: tuple[int, ...]
    params: tuple[tuple[str, Value], ...]
    scratch_bytes: int | None = None
    lists: bool = False
    overlaps: tuple[Overlap, ...] = ()
    in_place: tuple[tuple[int, int], ...] = ()
    instead: KernelCall | None = None

    @property
    def constants(self) -> tuple[Constant, ...]:
        return tuple(value for _, value in self.params if isinstance(value, Constant))


@dataclass(frozen=True, slots=True)
class Placement:
    """A tensor as bytes of another one, from `offset` on."""

    part: int
    whole: int
    offset: int


class Operator(abc.ABC):
    """A layer's kind and its options. Subclasses are frozen dataclasses registered by `@operator`."""

    __slots__ = ()
    name: ClassVar[str] = ""
    options: ClassVar[str | None] = None

    @classmethod
    @abc.abstractmethod
    def from_tflite(cls, options: Options) -> Operator:
        """Reads the operator's options; `options` answers the schema's default for what is absent."""

    @abc.abstractmethod
    def check(self, on: Operands) -> None:
        """Raises Refusal for types, quantization or forms that this operator does not take."""

    @abc.abstractmethod
    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        """Types of the outputs, from the inputs and the options alone; quantization is the outputs' own."""

    @abc.abstractmethod
    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        """Computes the outputs, bit for bit as the kernels must."""

    def states(self) -> tuple[int, ...]:
        """Positions of the inputs that are variables: the operator updates them. Their new values follow the outputs' in `reference`,
        and the kernel writes over them."""
        return ()

    def shows(self) -> tuple[tuple[int, int], ...]:
        """Pairs (input, output): the output is the new value of the variable at that input, and lies where it lies."""
        return ()

    def known(self, on: Operands) -> bool:
        """True where the outputs follow from constants (and shapes) alone, so that nothing is computed on the target."""
        return all(tensor is None or tensor.constant for tensor in on.inputs)

    def macs(self, on: Operands) -> int:
        """Multiply-accumulates of one execution."""
        return 0

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        """Pairs (input, output) of positions that may be the same bytes, by the kernels' order of reads and writes."""
        return ()

    def with_border(self, on: Operands, rows: tuple[int, int], columns: tuple[int, int]) -> Operator | None:
        """The operator that computes the same from input 0 without its border of so many rows and columns (before, after) of zero points;
        None where there is none."""
        return None

    def for_rows(self, on: Operands, first: int, end: int) -> tuple[int, int, Operator] | None:
        """(a, b, operator): the operator computes rows first..end-1 of the output from rows a..b-1 of input 0 alone, both images of
        one batch. None where rows depend on more than that."""
        return None

    def placements(self, node: Node, on: Operands) -> tuple[Placement, ...]:
        """How outputs could lie in inputs, or inputs in outputs, so that nothing needs to be copied; () where that cannot be. The
        schedule follows them all, or calls the kernel."""
        return ()

    def aliases(self) -> bool:
        """True where output 0 is input 0's bytes under another shape: no kernel runs, nothing is copied."""
        return False

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        """Bounds of each output's channels, from those of the inputs (None: absent)."""
        return tuple(Bounds.whole(tensor.type) for tensor in on.outputs)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        """Which channels of inputs and outputs must stay so that the given ones can; never fewer than given.

        All, where an operator says nothing about channels.
        """
        whole = [np.ones_like(mask) for mask in inputs]
        return whole, [everything(tensor.type) for tensor in on.outputs]

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        """The operator for the channels that stay, and by position the inputs that it reads instead of its own (None: absent).

        The masks satisfy `keeps`. The new tensors are constants.
        """
        return self, {}

    def kernel(self, node: Node, on: Operands) -> KernelCall | None:
        """The call that computes this layer; None exactly where `aliases` is true."""
        return None


_registry: dict[str, type[Operator]] = {}
_Class = TypeVar("_Class", bound=type[Operator])


def operator(name: str, options: str | None = None) -> Callable[[_Class], _Class]:
    """Registers a class under its TFLite name; `options` names the schema table that holds its options."""

    def register(cls: _Class) -> _Class:
        if name in _registry and _registry[name].__qualname__ != cls.__qualname__:
            raise TypeError(f"two operators are called {name}: {_registry[name].__module__} and {cls.__module__}")
        cls.name = name
        cls.options = options
        _registry[name] = cls
        return cls

    return register


def operators() -> Mapping[str, type[Operator]]:
    """Every operator by its TFLite name; imports the files of this folder (those that start with _ are shared code)."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_registry.items()))


def int8(on: Operands, *tensors: Tensor) -> None:
    """Refuses tensors that are not INT8."""
    for tensor in tensors:
        if tensor.type.dtype is not DType.INT8:
            what = f"tensor '{tensor.name}' is {tensor.type.dtype.value}, and INT8 is needed"
            raise Refusal(what, remedy=TO_INT8, unsupported=True)
        on.quant(tensor)


def one_meaning(on: Operands, *tensors: Tensor) -> None:
    """Refuses INT8 or INT16 tensors whose elements do not all mean the same numbers; INT16 ones may have no scale, all of them."""
    first, *others = tensors
    if first.type.dtype is DType.INT8 or (first.type.dtype is DType.INT16 and any(t.type.quant is not None for t in tensors)):
        for tensor in others or (first,):
            same_quant(on, tensor, first)


def same_quant(on: Operands, a: Tensor, b: Tensor) -> None:
    """Refuses two tensors whose bytes do not mean the same numbers."""
    if on.quant(a) != on.quant(b):
        raise Refusal(
            f"'{a.name}' and '{b.name}' must have the same scale and zero point",
            remedy="convert the model again with a current TensorFlow",
            unsupported=True,
        )


def first_state(graph: Graph) -> dict[int, Array]:
    """What the variables of a graph hold before the first run, by tensor index."""
    return {t.index: _start(t) for t in graph.variables()}


def _start(variable: Tensor) -> Array:
    kind = variable.type
    if variable.start is not None:
        return np.resize(variable.start, kind.shape)
    return np.full(kind.shape, kind.quant.zero_point if kind.quant else 0, kind.dtype.numpy)


def run_reference(
    graph: Graph, inputs: Sequence[Array] | Mapping[int, Array], state: Mapping[int, Array] | None = None
) -> dict[int, Array]:
    """Runs the whole graph in NumPy and returns every tensor by its index, constants included, variables with their new values.

    `inputs` are the graph's inputs, in order or by tensor index, with exactly the input's shape and element type. `state` holds the
    variables' values, at least (what an earlier run returned); without it they are as before the first run.
    """
    given = dict(inputs) if isinstance(inputs, Mapping) else dict(zip(graph.inputs, inputs, strict=True))
    values: dict[int, Array] = {t.index: t.data for t in graph.tensors.values() if t.data is not None}
    for index in graph.inputs:
        array = np.asarray(given[index])
        want = graph.tensors[index].type
        if array.dtype != want.dtype.numpy or array.shape != want.shape:
            raise ValueError(f"input {index} is {array.dtype}{array.shape}, the model takes {want.dtype.value}{want.shape}")
        values[index] = array
    held = first_state(graph) if state is None else state
    values.update({t.index: held[t.index] for t in graph.variables()})
    for node in graph.nodes:
        on = Operands.of(graph, node)
        results = node.op.reference(on, *(values[i] if i >= 0 else None for i in node.inputs))
        for index, result in zip((*node.outputs, *(node.inputs[i] for i in node.op.states())), results, strict=True):
            want = graph.tensors[index].type
            if result.dtype != want.dtype.numpy or result.shape != want.shape:
                raise AssertionError(f"{node.op.name} gave {result.dtype}{result.shape} for {want.dtype.value}{want.shape}")
            values[index] = result
    return values
