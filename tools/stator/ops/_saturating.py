"""What TANH and LOGISTIC share: INT8 is taken to Q4.27, and beyond its range the function has saturated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stator.numerics import quantize_multiplier, requantize
from stator.ops import Array, Operands, Refusal
from stator.ops._pointwise import centred

_INPUT_BITS = 4


def saturating(on: Operands, function: Callable[[Array], Array]) -> tuple[Array, Array]:
    """The function (Q4.27 to Q0.31) of every INT8 value, and where that has a meaning."""
    real = on.quant(on.input(0)).scale * (1 << (31 - _INPUT_BITS))
    try:
        multiplier, shift = quantize_multiplier(real)
    except ValueError as error:
        raise Refusal(f"the input's scale gives {error}", remedy="calibrate with real data") from None
    if shift < 0:
        raise Refusal("the input's scale is too small", remedy="calibrate with real data")
    radius = (((1 << _INPUT_BITS) - 1) << (31 - _INPUT_BITS)) >> shift
    inside = np.abs(centred(on)) < radius
    return function(requantize(np.where(inside, centred(on), 0), multiplier, shift)), inside
