"""GELU, exact or by the approximation with tanh; of INT8 by a table of what float32 gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType
from stator.libm import libm
from stator.ops import Array, Options, operator
from stator.ops._pointwise import Pointwise


@operator("GELU", options="GeluOptions")
@dataclass(frozen=True, slots=True)
class Gelu(Pointwise):
    kernel_name: ClassVar[str] = "gelu"
    types: ClassVar[frozenset[DType]] = frozenset([DType.INT8])

    approximate: bool

    @classmethod
    def from_tflite(cls, options: Options) -> Gelu:
        return cls(options.flag("Approximate"))

    def real(self, x: Array) -> Array:
        half = np.float32(0.5) * x
        if self.approximate:
            inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)
            return half * (np.float32(1) + libm("tanhf", inner))
        result: Array = half * libm("erfcf", x * np.float32(-np.sqrt(0.5)))
        return result
