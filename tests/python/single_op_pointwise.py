"""Random models of the operators of one operand, element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stator.ops import Array
from tests.python.single_op import Generator, Sample, makers, pick, reals, scale, values, zero_point
from tests.python.tflite_builder import TYPES, Model

EVERY = np.arange(-128, 128, dtype=np.int8)


def some(rng: Generator) -> Array:
    """INT16 values: the ends, around 0, and any."""
    ends = [-32768, -32767, 32766, 32767, -2, -1, 0, 1, 2]
    return np.concatenate([ends, rng.integers(-32768, 32768, 119) >> rng.integers(0, 12, 119)]).astype(np.int16).reshape(2, 64)


Scales = Callable[[Generator], tuple[float, int, float, int]]


def any_scales(rng: Generator) -> tuple[float, int, float, int]:
    """Scale and zero point of the input and of the output; the output's range fits mostly."""
    x = scale(rng, -10, 0)
    return x, zero_point(rng), float(np.float32(x * 2.0 ** rng.uniform(-6, 6))), zero_point(rng)


def one_scale(rng: Generator) -> tuple[float, int, float, int]:
    x, zero = scale(rng, -4.4, 1), zero_point(rng)
    return x, zero, x, zero


def unit(y_scale: float, y_zero: int) -> Scales:
    """For operators whose output is fixed."""
    return lambda rng: (scale(rng, -12, 3), zero_point(rng), y_scale, y_zero)


def near_one(rng: Generator) -> tuple[float, int, float, int]:
    return scale(rng, -10, -3), zero_point(rng), scale(rng, -9, -3), zero_point(rng)


def inverse(rng: Generator) -> tuple[float, int, float, int]:
    """The input's zero point is the least value: what is below has no root."""
    return scale(rng, -8, 0), -128, scale(rng, -8, 0), zero_point(rng)


def swish(rng: Generator) -> tuple[float, int, float, int]:
    x = scale(rng, -8, 0)
    return x, zero_point(rng), float(np.float32(x * 2.0 ** rng.uniform(-6, 6))), zero_point(rng)


def small(x: Array) -> Array:
    """Floats for functions that grow fast."""
    return np.clip(x, -80, 80)


def positive(x: Array) -> Array:
    return np.abs(x) + np.float32(1e-3)


def symmetric(rng: Generator) -> tuple[float, int, float, int]:
    """INT16: no zero points."""
    x = scale(rng, -16, -4)
    return x, 0, float(np.float32(x * 2.0 ** rng.uniform(-3, 3))), 0


def one_symmetric(rng: Generator) -> tuple[float, int, float, int]:
    x = scale(rng, -12.4, 1)
    return x, 0, x, 0


def to_sigmoid(rng: Generator) -> tuple[float, int, float, int]:
    """Scales that are powers of two, which have a rule of their own, and others."""
    return float(rng.choice([2.0**-12, 2.0**-11, 2.0 ** -pick(rng, 9, 16), scale(rng, -17, -9)])), 0, 2.0**-15, 0


def function(
    name: str,
    table: str | None = None,
    scales: Scales | None = None,
    *,
    shape: Callable[[Array], Array] = lambda x: x,
    types: Sequence[str] = ("float32",),
    litert: Sequence[str] = (),
    wide: Scales | None = None,
    options: Callable[[Generator], dict[str, Any]] = lambda rng: {},
) -> None:
    """Registers a maker. `scales` give INT8 models, `wide` INT16 ones; `shape` keeps floats where the function has an answer."""
    kinds = (*types, *(("int8",) * 2 if scales is not None else ()), *(("int16",) * 2 if wide is not None else ()))

    def make(rng: Generator) -> Sample:
        m = Model()
        dtype = str(rng.choice(kinds))
        given = options(rng)
        if dtype in ("int8", "int16"):
            of_type = scales if dtype == "int8" else wide
            assert of_type is not None
            x_scale, x_zero, y_scale, y_zero = of_type(rng)
            data: Array = EVERY.reshape(2, 128) if dtype == "int8" else some(rng)
            x = m.tensor(data.shape, dtype, x_scale, x_zero)
            y = m.tensor(data.shape, dtype, y_scale, y_zero)
            what = f"{name} {given}, scales {x_scale}, {x_zero} -> {y_scale}, {y_zero}"
        else:
            sizes = (pick(rng, 1, 3), pick(rng, 1, 40))
            data = rng.random(sizes) < 0.5 if dtype == "bool" else shape(reals(rng, sizes)).astype(np.float32)
            x, y = m.tensor(sizes, dtype), m.tensor(sizes, dtype)
            what = f"{name} {dtype} {sizes} {given}"
        m.operator(name, [x], [y], table, **given)
        return Sample(m.build([x], [y]), (data,), what, litert=dtype in litert)

    makers[name.lower()] = make


function("ABS", "AbsOptions", any_scales)
function("NEG", "NegOptions")
function("SQUARE", "SquareOptions")
function("SQRT", shape=np.abs)
function("RSQRT", None, inverse, shape=positive)
function("EXP", "ExpOptions", near_one, shape=small, litert=("int8",))
function("LOG", None, near_one, shape=positive, litert=("int8",))
function("SIN")
function("COS", "CosOptions")
function("FLOOR")
function("CEIL")
function("ROUND")
function("RELU", None, any_scales, wide=symmetric)
function("RELU6", None, one_scale, wide=one_symmetric)
function("RELU_N1_TO_1", None, one_scale, litert=("int8", "float32"))
function(
    "LEAKY_RELU", "LeakyReluOptions", any_scales, wide=symmetric, options=lambda rng: {"Alpha": float(np.float32(rng.uniform(-1.5, 1.5)))}
)
function("ELU", None, near_one, shape=small)
function("HARD_SWISH", "HardSwishOptions", swish)
function("TANH", None, unit(1 / 128, 0), wide=to_sigmoid)
function("LOGISTIC", None, unit(1 / 256, -128), shape=small, wide=to_sigmoid)
function("GELU", "GeluOptions", near_one, types=(), litert=("int8",), options=lambda rng: {"Approximate": bool(rng.random() < 0.5)})
function("LOGICAL_NOT", "LogicalNotOptions", types=("bool",))


_TARGETS = {"int8": ["int8", "int16", "uint8", "int32"], "int16": ["int8", "int16", "int32"], "uint8": ["int8"]}


def quantize(rng: Generator) -> Sample:
    m = Model()
    source = str(rng.choice(["int8", "int8", "int16", "uint8", "float32"]))
    target = str(rng.choice(_TARGETS.get(source, ["int8", "int16"])))
    sizes = (pick(rng, 1, 4), pick(rng, 1, 40))
    x_scale = scale(rng)
    y_scale = x_scale if rng.random() < 0.2 else float(np.float32(x_scale * 2.0 ** rng.uniform(-8, 8)))
    zeros = [zero_point(rng, "int8" if kind in ("int8", "uint8") else kind) + (128 if kind == "uint8" else 0) for kind in (source, target)]
    if source == "int16" and rng.random() < 0.3:
        zeros[0] = -32768  # as SOFTMAX gives it
    data = rng.integers(0, 256, sizes).astype(np.uint8).view(source) if source in ("int8", "uint8") else values(rng, sizes, source)
    x = m.tensor(sizes, source) if source == "float32" else m.tensor(sizes, source, x_scale, zeros[0])
    y = m.tensor(sizes, target, y_scale, zeros[1])
    m.operator("QUANTIZE", [x], [y], "QuantizeOptions")
    return Sample(m.build([x], [y]), (data,), f"{source} -> {target} {sizes}, {x_scale}, {zeros[0]} -> {y_scale}, {zeros[1]}")


def dequantize(rng: Generator) -> Sample:
    m = Model()
    source = str(rng.choice(["int8", "int16", "uint8"]))
    x_scale, zero = scale(rng), zero_point(rng, "int16" if source == "int16" else "int8") + (128 if source == "uint8" else 0)
    data = some(rng).reshape(-1) if source == "int16" else np.arange(256).astype(np.uint8).view(source)
    x, y = m.tensor(data.shape, source, x_scale, zero), m.tensor(data.shape, "float32")
    m.operator("DEQUANTIZE", [x], [y], "DequantizeOptions")
    return Sample(m.build([x], [y]), (data,), f"{source}, {x_scale}, {zero}")


def cast(rng: Generator) -> Sample:
    m = Model()
    kinds = ["int8", "uint8", "int32", "int64", "float32", "bool"]
    source, target = (str(k) for k in rng.choice(kinds, size=2))
    sizes = (pick(rng, 1, 3), pick(rng, 1, 20))
    data: Array = reals(rng, sizes)
    if source == "float32":
        if target != "float32":
            data = np.clip(np.abs(data) if target == "uint8" else data, -120, 120)
    elif source == "bool":
        data = data > 0
    else:
        data = rng.integers(-(2**31), 2**31, sizes).astype(source)
        data = np.where(rng.random(sizes) < 0.2, 0, data).astype(source)
    x, y = m.tensor(sizes, source), m.tensor(sizes, target)
    m.operator("CAST", [x], [y], "CastOptions", InDataType=TYPES[source], OutDataType=TYPES[target])
    known = source in ("int8", "int32", "float32", "bool") and target in ("int8", "int32", "float32")
    return Sample(m.build([x], [y]), (data,), f"{source} -> {target} {sizes}", litert=not known)


makers.update({"quantize": quantize, "dequantize": dequantize, "cast": cast})
