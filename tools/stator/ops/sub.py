"""SUB of two tensors that broadcast. Its scales are computed in float32, where ADD's are in double."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ops import Array, operator
from stator.ops._sum import LEFT_SHIFT, Sum


@operator("SUB", options="SubOptions")
@dataclass(frozen=True, slots=True)
class Sub(Sum):
    kernel_name: ClassVar[str] = "sub"
    sign: ClassVar[int] = -1

    def real(self, a: Array, b: Array) -> Array:
        return a - b

    def ratios(self, a: float, b: float, y: float) -> tuple[float, float, float]:
        common = np.float32(2) * np.float32(max(a, b))
        out = common / (np.float32(1 << LEFT_SHIFT) * np.float32(y))
        return float(np.float32(a) / common), float(np.float32(b) / common), float(out)
