"""What ADD, SUB, MUL and DIV share: a fused activation, and INT8, INT32 or float operands."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.ir import DType
from stator.numerics import wrap32
from stator.ops import Array, Operands, Options, Refusal, Value
from stator.ops._activation import Activation, real_range
from stator.ops._pairs import Pairs
from stator.ops._types import QUANTIZED, SUFFIXES, one_type
from stator.ops._weights import output_range


@dataclass(frozen=True, slots=True)
class Arithmetic(Pairs):
    """INT8 is left to the operator; what floats and integers do is the same everywhere."""

    kernel_name: ClassVar[str]
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8, DType.INT32, DType.FLOAT32])

    activation: Activation

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls(Activation.from_tflite(options))

    @abc.abstractmethod
    def real(self, a: Array, b: Array) -> Array:
        """The operation on float32 or int64."""

    @abc.abstractmethod
    def quantized(self, on: Operands, a: Array, b: Array) -> Array:
        """The operation on INT8 or INT16 values, as int64; not yet clamped."""

    @abc.abstractmethod
    def quantized_fields(self, on: Operands) -> tuple[str, tuple[tuple[str, Value], ...]]:
        """The name of the kernel for INT8 or INT16, and its parameters but for the activation; refuses scales that do not fit."""

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.input(1), on.output), self.types)
        if dtype in QUANTIZED:
            self.quantized_fields(on)
            output_range(on, self.activation)
        elif dtype is DType.INT32 and self.activation is not Activation.NONE:
            raise Refusal("an activation of int32", remedy="use the operator without an activation", unsupported=True)

    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        dtype = on.output.type.dtype
        if dtype in QUANTIZED:
            return np.clip(self.quantized(on, a.astype(np.int64), b.astype(np.int64)), *output_range(on, self.activation))
        if dtype is DType.INT32:
            return wrap32(self.real(a.astype(np.int64), b.astype(np.int64)))
        low, high = (np.float32(v) for v in real_range(self.activation))
        with np.errstate(all="ignore"):
            y = self.real(a, b)
            return np.where(y < low, low, np.where(y > high, high, y))

    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        dtype = on.output.type.dtype
        if dtype not in QUANTIZED:
            low, high = real_range(self.activation)
            kernel = f"{self.kernel_name}_{SUFFIXES[dtype]}"
            return kernel, "pairwise", "stator_pairwise", (("activation_min", low), ("activation_max", high))
        name, fields = self.quantized_fields(on)
        lowest, highest = output_range(on, self.activation)
        folder = "wide_pairs" if dtype is DType.INT16 else name
        ends = (("activation_min", lowest), ("activation_max", highest))
        return f"{name}_{SUFFIXES[dtype]}", folder, f"stator_{folder}", (*fields, *ends)
