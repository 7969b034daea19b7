"""SHAPE of a tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._known import Known


@operator("SHAPE", options="ShapeOptions")
@dataclass(frozen=True, slots=True)
class Shape(Known):
    def value(self, on: Operands) -> Array:
        return np.array(on.input(0).type.shape, dtype=np.int64)
