"""EXPAND_DIMS: one more dimension, of size 1. Nothing is computed or copied."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ir import TensorType
from stator.ops import Operands, Options, Refusal, operator
from stator.ops._no_copy import NoCopy, reshaped


@operator("EXPAND_DIMS", options="ExpandDimsOptions")
@dataclass(frozen=True, slots=True)
class ExpandDims(NoCopy):
    @classmethod
    def from_tflite(cls, options: Options) -> ExpandDims:
        return cls()

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        shape = on.input(0).type.shape
        places = on.integers(1, "the axis")
        if len(places) != 1 or not -len(shape) - 1 <= places[0] <= len(shape):
            raise Refusal(f"{list(places)} is not a place for a new axis in {list(shape)}")
        at = places[0] % (len(shape) + 1)
        return reshaped(on, (*shape[:at], 1, *shape[at:]))
