"""RANK of a tensor: how many dimensions it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._known import Known


@operator("RANK", options="RankOptions")
@dataclass(frozen=True, slots=True)
class Rank(Known):
    def value(self, on: Operands) -> Array:
        return np.array(len(on.input(0).type.shape), dtype=np.int64)
