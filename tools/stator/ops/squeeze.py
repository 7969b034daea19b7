"""SQUEEZE: drops dimensions of size 1, the given ones or all. Nothing is computed or copied."""

from __future__ import annotations

from dataclasses import dataclass

from stator.ir import TensorType
from stator.ops import Operands, Options, Refusal, operator
from stator.ops._no_copy import NoCopy, reshaped


@operator("SQUEEZE", options="SqueezeOptions")
@dataclass(frozen=True, slots=True)
class Squeeze(NoCopy):
    axes: tuple[int, ...]

    @classmethod
    def from_tflite(cls, options: Options) -> Squeeze:
        return cls(options.integers("SqueezeDims"))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        shape = on.input(0).type.shape
        rank = len(shape)
        if not all(-rank <= a < rank and shape[a] == 1 for a in self.axes):
            raise Refusal(f"axes {list(self.axes)} of {list(shape)} are not all of size 1")
        dropped = {a % rank for a in self.axes} or {i for i, d in enumerate(shape) if d == 1}
        return reshaped(on, tuple(d for i, d in enumerate(shape) if i not in dropped))
