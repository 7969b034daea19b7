"""Operators of two operands where the numbers are what they are: no scale enters the result."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from stator.ir import DType
from stator.numerics import wrap32
from stator.ops import Array, Operands, Options, Value
from stator.ops._pairs import Pairs
from stator.ops._types import SUFFIXES, one_type


@dataclass(frozen=True, slots=True)
class Plain(Pairs):
    kernel_name: ClassVar[str]
    types: ClassVar[frozenset[DType]]

    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    @abc.abstractmethod
    def real(self, a: Array, b: Array) -> Array:
        """The operation on operands of one shape; int32 comes as int64."""

    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0), on.input(1), on.output), self.types)

    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        with np.errstate(all="ignore"):
            if on.output.type.dtype is DType.INT32:
                return wrap32(self.real(a.astype(np.int64), b.astype(np.int64)))
            return self.real(a, b)

    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        return f"{self.kernel_name}_{SUFFIXES[on.output.type.dtype]}", "pairwise", "stator_pairwise", ()
