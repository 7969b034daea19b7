"""ZEROS_LIKE: zeros in the shape of a tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ops import Array, Operands, operator
from stator.ops._known import Known


@operator("ZEROS_LIKE", options="ZerosLikeOptions")
@dataclass(frozen=True, slots=True)
class ZerosLike(Known):
    def value(self, on: Operands) -> Array:
        return np.zeros(on.input(0).type.shape, dtype=on.output.type.dtype.numpy)
