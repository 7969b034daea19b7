"""Fused activations: they only narrow the range of the output."""

from __future__ import annotations

import enum
import math

import numpy as np

from stator.ir import Quantization
from stator.ops import Options, Refusal


class Activation(enum.Enum):
    """The schema's ActivationFunctionType, as far as it can be fused into INT8 kernels."""

    NONE = 0
    RELU = 1
    RELU_N1_TO_1 = 2
    RELU6 = 3

    @classmethod
    def from_tflite(cls, options: Options) -> Activation:
        code = options.integer("FusedActivationFunction")
        try:
            return cls(code)
        except ValueError:
            known = {4: "TANH", 5: "SIGN_BIT"}.get(code, f"number {code}")
            raise Refusal(f"fused activation {known}", remedy="use RELU, RELU6, RELU_N1_TO_1 or none", unsupported=True) from None


_BOUNDS: dict[Activation, tuple[float | None, float | None]] = {
    Activation.NONE: (None, None),
    Activation.RELU: (0.0, None),
    Activation.RELU_N1_TO_1: (-1.0, 1.0),
    Activation.RELU6: (0.0, 6.0),
}


def _quantized(real: float, quant: Quantization) -> int:
    """zero point + round(real / scale), the division in float32, half away from zero."""
    with np.errstate(over="ignore"):
        ratio = float(np.float32(real) / np.float32(quant.scale))
    if not math.isfinite(ratio) or abs(ratio) >= 2**31:
        raise Refusal(f"the output's scale {quant.scale} is too small for its activation", remedy="calibrate with real data")
    return quant.zero_point + math.trunc(ratio + math.copysign(0.5, ratio))


def activation_range(activation: Activation, quant: Quantization, bits: int = 8) -> tuple[int, int]:
    """Smallest and largest INT8 value that the activation lets through, or INT16 value where `bits` is 16."""
    lower, upper = _BOUNDS[activation]
    least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    low = least if lower is None else max(least, _quantized(lower, quant))
    high = most if upper is None else min(most, _quantized(upper, quant))
    if low > high:
        raise Refusal(f"the activation leaves no value between {low} and {high}", remedy="calibrate with real data")
    return low, high


def real_range(activation: Activation) -> tuple[float, float]:
    """Smallest and largest float that the activation lets through."""
    lower, upper = _BOUNDS[activation]
    most = float(np.finfo(np.float32).max)
    return (-most if lower is None else lower), (most if upper is None else upper)
