"""Operators whose result is known when the model is read: it depends on shapes, or on constants alone. No kernel computes them."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Self

from stator.ir import TensorType
from stator.ops import Array, Operands, Operator, Options


@dataclass(frozen=True, slots=True)
class Known(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Self:
        return cls()

    @abc.abstractmethod
    def value(self, on: Operands) -> Array:
        """The output; refuses operands that are not constant where they must be."""

    def known(self, on: Operands) -> bool:
        return True

    def check(self, on: Operands) -> None:
        self.value(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(self.value(on).shape, on.output.type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        return (self.value(on).astype(on.output.type.dtype.numpy),)
