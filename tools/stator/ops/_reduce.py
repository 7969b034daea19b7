"""Reductions over any axes: they differ in what they do to the elements."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, Value, same_quant
from stator.ops._copy import View, axes_of
from stator.ops._types import SUFFIXES, one_type


@dataclass(frozen=True, slots=True)
class Reduce(Operator):
    kernel_name: ClassVar[str]
    types: ClassVar[frozenset[DType]]

    keep_dims: bool

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls(options.flag("KeepDims"))

    @abc.abstractmethod
    def compute(self, on: Operands, rows: Array) -> Array:
        """Reduces [outputs, elements] along the second axis."""

    def fields(self, on: Operands) -> tuple[tuple[str, Value], ...]:
        """What the kernel needs beside the axes; refuses scales that do not fit."""
        if on.output.type.dtype is DType.INT8:
            same_quant(on, on.input(0), on.output)
        return ()

    def axes(self, on: Operands) -> tuple[int, ...]:
        axes = axes_of(on.integers(1, "the axes"), len(on.input(0).type.shape))
        if not axes:
            raise Refusal("no axes")
        return tuple(sorted(axes))

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0), on.output), self.types)
        self.axes(on)
        self.fields(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        axes, x = self.axes(on), on.input(0).type
        kept = tuple(1 if i in axes else d for i, d in enumerate(x.shape) if self.keep_dims or i not in axes)
        return (TensorType(kept, x.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        axes = self.axes(on)
        rows = np.moveaxis(x, axes, range(x.ndim - len(axes), x.ndim)).reshape(on.output.type.elements, -1)
        return (self.compute(on, rows).astype(x.dtype).reshape(on.output.type.shape),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        return reduce_call(self.kernel_name, node, on, self.axes(on), self.fields(on))


def summed(rows: Array) -> Array:
    """Sums of floats along the second axis, added in order as the kernel does."""
    with np.errstate(all="ignore"):
        total: Array = np.cumsum(rows, axis=1, dtype=np.float32)[:, -1] + np.float32(0)
    return total


def reduce_call(name: str, node: Node, on: Operands, axes: tuple[int, ...], fields: tuple[tuple[str, Value], ...]) -> KernelCall:
    """The call of firmware/kernels/reduce/ that reduces `axes`, in order."""
    shape, strides = on.input(0).type.shape, View.of(on.input(0).type.shape).strides
    kept = tuple(i for i in range(len(shape)) if i not in axes)

    def pick(of: tuple[int, ...], which: tuple[int, ...], none: int) -> tuple[int, ...]:
        return tuple(of[i] for i in which) or (none,)

    return KernelCall(
        kernel=f"reduce_{name}_{SUFFIXES[on.output.type.dtype]}",
        header="reduce/reduce.h",
        struct="stator_reduce",
        outputs=node.outputs,
        inputs=node.inputs[:1],
        params=(
            ("kept_rank", max(len(kept), 1)),
            ("kept_size", pick(shape, kept, 1)),
            ("kept_stride", pick(strides, kept, 0)),
            ("rank", len(axes)),
            ("size", pick(shape, axes, 1)),
            ("stride", pick(strides, axes, 0)),
            *fields,
        ),
    )
