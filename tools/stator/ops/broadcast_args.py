"""BROADCAST_ARGS: the shape that two shapes broadcast to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ops import Array, Operands, Refusal, operator
from stator.ops._known import Known
from stator.ops._pairs import broadcast_shape


@operator("BROADCAST_ARGS")
@dataclass(frozen=True, slots=True)
class BroadcastArgs(Known):
    def value(self, on: Operands) -> Array:
        first, second = on.integers(0, "the first shape's dimensions"), on.integers(1, "the second shape's dimensions")
        if min(first + second, default=1) < 1:
            raise Refusal(f"{list(first)} and {list(second)} are not shapes")
        return np.array(broadcast_shape((first, second)), dtype=np.int64)
