"""RANGE: numbers from a start to a limit, of constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ops import Array, Operands, Refusal, operator
from stator.ops._known import Known


@operator("RANGE", options="RangeOptions")
@dataclass(frozen=True, slots=True)
class Range(Known):
    def value(self, on: Operands) -> Array:
        start, limit, delta = (on.constant(i, "the ends of the range").reshape(-1)[0] for i in range(3))
        count = np.ceil((float(limit) - float(start)) / float(delta)) if delta else 0
        if not 1 <= count <= 1 << 20:
            raise Refusal(f"a range of {count} numbers")
        result: Array = start + np.arange(int(count), dtype=on.output.type.dtype.numpy) * delta
        return result
