"""RESHAPE: the same bytes under another shape. Nothing is computed or copied."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

from stator.channels import Bounds, Mask
from stator.ir import Tensor, TensorType
from stator.ops import Operands, Operator, Options, Refusal, operator
from stator.ops._no_copy import NoCopy, reshaped


@operator("RESHAPE", options="ReshapeOptions")
@dataclass(frozen=True, slots=True)
class Reshape(NoCopy):
    """The new shape is a constant input, or an option; -1 in one place means what is left."""

    new_shape: tuple[int, ...]

    @classmethod
    def from_tflite(cls, options: Options) -> Reshape:
        return cls(options.integers("NewShape"))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        wanted = self.new_shape
        if on.optional(1) is not None:
            wanted = on.integers(1, "the new shape's dimensions")
        known = math.prod(d for d in wanted if d != -1)
        if wanted.count(-1) > 1 or any(d != -1 and d <= 0 for d in wanted):
            raise Refusal(f"the new shape {list(wanted)} is not one")
        return reshaped(on, tuple(on.input(0).type.elements // known if d == -1 else d for d in wanted))

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        shape = (*on.output.type.shape[:-1], int(outputs[0].sum()))
        return dataclasses.replace(self, new_shape=shape), dict.fromkeys(range(1, len(on.inputs)))
