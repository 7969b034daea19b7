"""Float functions of this machine's C library, which is what the kernels call too: NumPy's own differ in the last bit."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@functools.cache
def _function(name: str) -> Callable[..., float]:
    function: Any = getattr(ctypes.CDLL(ctypes.util.find_library("m")), name)
    function.restype = ctypes.c_float
    function.argtypes = [ctypes.c_float]
    return function  # type: ignore[no-any-return]


def libm(name: str, x: Array) -> Array:
    """`name` (sinf, expf, ...) of each element of a float32 array."""
    function = _function(name)
    return np.array([function(float(v)) for v in x.reshape(-1)], dtype=np.float32).reshape(x.shape)
