"""RESHAPE: the same bytes under another shape. Nothing is computed or copied."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stator.ir import TensorType
from stator.ops import Array, Operands, Operator, Options, Refusal, int8, operator, same_quant


def same_bytes(on: Operands, shape: tuple[int, ...]) -> tuple[TensorType, ...]:
    """The output's type where only the shape changes; refuses a shape with another number of elements."""
    x = on.input(0).type
    out = TensorType(shape, x.dtype, on.output.type.quant)
    if out.elements != x.elements:
        raise Refusal(f"{list(x.shape)} cannot become {list(shape)}")
    return (out,)


@operator("RESHAPE", options="ReshapeOptions")
@dataclass(frozen=True, slots=True)
class Reshape(Operator):
    """The new shape is a constant input, or an option; -1 in one place means what is left."""

    new_shape: tuple[int, ...]

    @classmethod
    def from_tflite(cls, options: Options) -> Reshape:
        return cls(options.integers("NewShape"))

    def _shape(self, on: Operands) -> tuple[int, ...]:
        wanted = self.new_shape
        if on.optional(1) is not None:
            wanted = on.integers(1, "the new shape's dimensions")
        known = math.prod(d for d in wanted if d != -1)
        if wanted.count(-1) > 1 or any(d != -1 and d <= 0 for d in wanted):
            raise Refusal(f"the new shape {list(wanted)} is not one")
        return tuple(on.input(0).type.elements // known if d == -1 else d for d in wanted)

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        same_quant(on, on.input(0), on.output)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return same_bytes(on, self._shape(on))

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        return (x.reshape(on.output.type.shape),)

    def aliases(self) -> bool:
        return True
