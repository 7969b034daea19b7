"""Operators of one operand, element by element.

Every INT8 input has one answer, so the kernel looks it up in a table of 256 bytes that is made here; INT16 and floats are computed.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, TensorType
from stator.numerics import INT32_MAX, INT32_MIN
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, same_quant
from stator.ops._types import QUANTIZED, SUFFIXES, one_type
from stator.ops._wide import Wide

#: Every INT8 value, in the order of the table.
VALUES = np.arange(-128, 128, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Pointwise(Operator):
    kernel_name: ClassVar[str]
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.FLOAT32])

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    @abc.abstractmethod
    def real(self, x: Array) -> Array:
        """The operation on the elements themselves: float32, or bool."""

    def answers(self, on: Operands) -> Array:
        """The answers to VALUES, not yet clamped to INT8; refuses scales that do not fit."""
        return by_float(on, self.real)

    def wide(self, on: Operands) -> Wide:
        """What is done to INT16, where `types` has it; refuses scales that do not fit."""
        raise NotImplementedError

    def slope(self) -> float:
        """The operator's own parameter, for floats."""
        return 0.0

    def table(self, on: Operands) -> Array:
        """int8 [256]."""
        return np.clip(self.answers(on), -128, 127).astype(np.int8)

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.output), self.types)
        if dtype is DType.INT8:
            self.table(on)
        elif dtype is DType.INT16:
            self.wide(on)

    def for_rows(self, on: Operands, first: int, end: int) -> tuple[int, int, Operator] | None:
        return first, end, self

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x = on.input(0).type
        return (TensorType(x.shape, x.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        if x.dtype == np.int8:
            result: Array = self.table(on)[x.astype(np.int64) + 128]
            return (result,)
        if x.dtype == np.int16:
            return (self.wide(on).values(on, x).astype(np.int16),)
        with np.errstate(all="ignore"):
            return (self.real(x).astype(x.dtype),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        if x is None or on.input(0).type.dtype is not DType.INT8:
            return Operator.bounds(self, on, *inputs)
        table = self.table(on)
        reach = [table[low + 128 : high + 129] for low, high in zip(x.low.tolist(), x.high.tolist(), strict=True)]
        return (Bounds(np.array([r.min() for r in reach], dtype=np.int64), np.array([r.max() for r in reach], dtype=np.int64)),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        return [inputs[0] | outputs[0]], [inputs[0] | outputs[0]]

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        elements = on.output.type.elements
        dtype = on.input(0).type.dtype
        if dtype is DType.INT8:
            table = Constant("table", "int8_t", self.table(on))
            return KernelCall(
                "lookup_s8", "lookup/lookup.h", "stator_lookup", node.outputs, node.inputs[:1], (("table", table), ("elements", elements))
            )
        if dtype is DType.INT16:
            return self.wide(on).call(node, on)
        return KernelCall(
            kernel=f"{self.kernel_name}_{SUFFIXES[dtype]}",
            header="pointwise/pointwise.h",
            struct="stator_pointwise",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(("elements", elements), ("slope", self.slope())),
        )


def centred(on: Operands) -> Array:
    """VALUES less the input's zero point."""
    result: Array = VALUES - on.quant(on.input(0)).zero_point
    return result


def by_float(on: Operands, function: Callable[[Array], Array]) -> Array:
    """Answers of a function of float32, rounded half away from zero."""
    x, y = on.quant(on.input(0)), on.quant(on.output)
    with np.errstate(all="ignore"):
        values = function(np.float32(x.scale) * centred(on).astype(np.float32)).astype(np.float32)
        scaled = values * (np.float32(1) / np.float32(y.scale))
        total = (rounded(scaled) + np.float32(y.zero_point)).astype(np.float64)
    return np.clip(np.nan_to_num(total, nan=INT32_MIN), INT32_MIN, INT32_MAX).astype(np.int64)


def rounded(x: Array) -> Array:
    """Half away from zero; exact, where adding a half in float32 is not."""
    wide = x.astype(np.float64)
    result: Array = np.trunc(wide + np.copysign(0.5, wide)).astype(np.float32)
    return result


def one_scale(on: Operands) -> None:
    """Refuses a quantized input and output of different scales, for operators that only sort values."""
    if on.input(0).type.dtype in QUANTIZED:
        same_quant(on, on.input(0), on.output)


def ratio(on: Operands) -> float:
    """Input scale over output scale, as a float32 division gives it."""
    with np.errstate(all="ignore"):
        value = float(np.float32(on.quant(on.input(0)).scale) / np.float32(on.quant(on.output).scale))
    if not np.isfinite(value):
        raise Refusal("scales of input and output are too far apart", remedy="calibrate with real data")
    return value
