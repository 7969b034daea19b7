"""Operators that change the shape and nothing else: the output is the input's bytes, no kernel runs."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ir import TensorType
from stator.ops import Array, Operands, Operator, Refusal, int8, same_quant


@dataclass(frozen=True, slots=True)
class NoCopy(Operator):
    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        same_quant(on, on.input(0), on.output)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        return (x.reshape(on.output.type.shape),)

    def aliases(self) -> bool:
        return True


def reshaped(on: Operands, shape: tuple[int, ...]) -> tuple[TensorType, ...]:
    """The output's type; refuses a shape with another number of elements."""
    x = on.input(0).type
    out = TensorType(shape, x.dtype, on.output.type.quant)
    if out.elements != x.elements:
        raise Refusal(f"{list(x.shape)} cannot become {list(shape)}")
    return (out,)
