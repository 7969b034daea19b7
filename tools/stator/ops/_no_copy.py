"""Operators that change the shape and nothing else: the output is the input's bytes, no kernel runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stator.channels import Bounds, Mask, channels
from stator.ir import TensorType
from stator.ops import Array, Operands, Operator, Refusal, one_meaning
from stator.ops._channels import regrouped
from stator.ops._types import ANY, one_type


@dataclass(frozen=True, slots=True)
class NoCopy(Operator):
    def check(self, on: Operands) -> None:
        one_type(on, (on.input(0), on.output), ANY)
        one_meaning(on, on.input(0), on.output)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        return (x.reshape(on.output.type.shape),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x, count = inputs[0], channels(on.output.type)
        low, high = (None, None) if x is None else (regrouped(x.low, count), regrouped(x.high, count))
        if x is None or low is None or high is None:
            return Operator.bounds(self, on, *inputs)
        if count >= len(x.low):
            return (Bounds(low.reshape(-1), high.reshape(-1)),)
        return (Bounds(low.min(axis=0), high.max(axis=0)),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        few, many = sorted((inputs[0], outputs[0]), key=len)
        if len(many) % len(few) != 0:
            return Operator.keeps(self, on, bounds, inputs, outputs)
        few = few | many.reshape(-1, len(few)).any(axis=0)
        wide = np.tile(few, len(many) // len(few))
        x, y = (few, wide) if len(inputs[0]) <= len(outputs[0]) else (wide, few)
        return [x, *inputs[1:]], [y]

    def aliases(self) -> bool:
        return True


def reshaped(on: Operands, shape: tuple[int, ...]) -> tuple[TensorType, ...]:
    """The output's type; refuses a shape with another number of elements."""
    x = on.input(0).type
    out = TensorType(shape, x.dtype, on.output.type.quant)
    if out.elements != x.elements:
        raise Refusal(f"{list(x.shape)} cannot become {list(shape)}")
    return (out,)
