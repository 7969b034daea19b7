"""Random models of one operator, for comparing Stator with the interpreter that defines the semantics."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from stator.numerics import pack, unpack
from stator.ops import Array
from tests.python.tflite_builder import Model

Generator = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A model file and inputs for it; `what` describes it in a failing test. `litert`: only LiteRT's reference has the operator.
    `same`: another file that must compute the same bytes, for the interpreter, which does not take this form."""

    data: bytes
    inputs: tuple[Array, ...]
    what: str
    outputs: int = 1
    litert: bool = False
    same: bytes | None = None


Maker = Callable[[Generator], Sample]
makers: dict[str, Maker] = {}


_Maker = TypeVar("_Maker", bound=Maker)


def maker(function: _Maker) -> _Maker:
    makers[getattr(function, "__name__", "").rstrip("_")] = function
    return function


def operator_of(name: str) -> str:
    """The operator that a maker is for; its name may end in element types."""
    return re.sub("(_to)?_(int4|int16|float32)$", "", name).upper()


def samples(name: str, count: int, seed: int = 0) -> Iterator[Sample]:
    """`count` samples of one operator, the same ones every time."""
    rng = np.random.default_rng([seed, *name.encode()])
    for _ in range(count):
        yield makers[name](rng)


def pick(rng: Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def scale(rng: Generator, low: float = -9.0, high: float = 1.0) -> float:
    """A float32 scale, 2^low..2^high."""
    return float(np.float32(2.0 ** rng.uniform(low, high)))


def zero_point(rng: Generator, dtype: str = "int8") -> int:
    """Any INT8 value, the ends often; 0 for other types."""
    if dtype != "int8":
        return 0
    return int(rng.choice([-128, 127, 0, pick(rng, -128, 127), pick(rng, -128, 127)]))


def reals(rng: Generator, shape: tuple[int, ...]) -> Array:
    """Floats of every size, some of them whole, halves, zeros."""
    x = rng.normal(size=shape) * 2.0 ** rng.uniform(-8, 8, size=shape)
    x = np.where(rng.random(shape) < 0.3, np.round(x * 2) / 2, x)
    return np.where(rng.random(shape) < 0.05, 0, x).astype(np.float32)


def values(rng: Generator, shape: tuple[int, ...], dtype: str = "int8") -> Array:
    """INT8 or INT16 values: spread over the range, or all at its ends; or floats."""
    if dtype == "float32":
        return reals(rng, shape)
    info = np.iinfo(dtype)
    if rng.random() < 0.2:
        return rng.choice(np.array([info.min, info.max], dtype=dtype), size=shape)
    return rng.integers(info.min, info.max + 1, size=shape, dtype=dtype)


def output_scale(rng: Generator, x: float, weights: Array, depth: int, dtype: str = "int8") -> float:
    """Mostly a scale that uses the output's range; sometimes one that saturates it or flattens it. INT16 must not saturate 32 bits."""
    kind = rng.random()
    reach = x * float(np.mean(weights)) * 127 * 64 * max(depth, 1) ** 0.5
    if kind < 0.7:
        return float(np.float32(reach / 100))
    if kind < 0.85:
        return float(np.float32(reach / 100 / 2.0 ** rng.uniform(2, 18 if dtype == "int8" else 7)))
    return float(np.float32(reach / 100 * 2.0 ** rng.uniform(2, 24)))


def quantized(dtype: str, step: float, zero: int) -> tuple[Any, ...]:
    """What `Model.tensor` is given for scale and zero point: nothing for floats."""
    return () if dtype == "float32" else (step, zero)


ACTIVATIONS = (0, 0, 1, 2, 3)


def real_weights_and_bias(rng: Generator, m: Model, shape: tuple[int, ...], axis: int) -> list[int]:
    """The same of floats."""
    indices = [m.tensor(shape, "float32", data=reals(rng, shape))]
    if rng.random() < 0.8:
        indices.append(m.tensor((shape[axis],), "float32", data=reals(rng, (shape[axis],))))
    return indices


def weights_and_bias(
    rng: Generator, m: Model, shape: tuple[int, ...], axis: int, x_scale: float, dtype: str = "int8", bias_type: str = "int32"
) -> tuple[list[int], Array, str]:
    """Adds weights of `dtype` and mostly a bias; returns their indices and the scales."""
    if dtype == "float32":
        return real_weights_and_bias(rng, m, shape, axis), np.ones(1, np.float32), "float"
    channels = shape[axis]
    per_channel = channels > 1 and rng.random() < 0.7
    scales = np.array([scale(rng, -8, -2) for _ in range(channels if per_channel else 1)], dtype=np.float32)
    weights = np.maximum(values(rng, shape), -127) if rng.random() < 0.9 else values(rng, shape)
    data = pack((weights >> 4).reshape(-1)) if dtype == "int4" else weights
    indices = [m.tensor(shape, dtype, scales.tolist(), [0] * len(scales), axis=axis, data=data)]
    if rng.random() < 0.8:
        reach = int(2 ** rng.uniform(4, 22 if bias_type == "int32" else 36))
        bias = rng.integers(-reach, reach + 1, size=channels, dtype=bias_type)
        # Rounded as the interpreter wants it where there is one scale.
        bias_scales = (np.float32(x_scale) * scales).astype(np.float32)
        indices.append(m.tensor((channels,), bias_type, bias_scales.tolist(), [0] * len(scales), data=bias))
    return indices, scales, "per channel" if per_channel else "per tensor"


def widened(m: Model, at: int) -> None:
    """Makes tensor `at`, packed INT4 weights, the same numbers as INT8."""
    tensor = m.tensors[at]
    assert tensor.data is not None
    tensor.data = unpack(np.frombuffer(tensor.data, dtype=np.int8))[: math.prod(tensor.shape)].tobytes()
    tensor.dtype = "int8"


def bias_of(rng: Generator, dtype: str) -> str:
    """The type of a bias for activations of `dtype`."""
    return str(rng.choice(["int64", "int64", "int32"])) if dtype == "int16" else "int32"


@maker
def fully_connected(rng: Generator, weights: str = "int8", dtype: str = "int8") -> Sample:
    m = Model()
    rows, depth, units = pick(rng, 1, 3), pick(rng, 1, 70), pick(rng, 1, 13)
    x_scale = scale(rng)
    x = m.tensor((rows, depth), dtype, *quantized(dtype, x_scale, zero_point(rng, dtype)))
    rest, scales, kind = weights_and_bias(rng, m, (units, depth), 0, x_scale, weights, bias_of(rng, dtype))
    y = m.tensor((rows, units), dtype, *quantized(dtype, output_scale(rng, x_scale, scales, depth, dtype), zero_point(rng, dtype)))
    activation = int(rng.choice(ACTIVATIONS))
    m.operator("FULLY_CONNECTED", [x, *rest], [y], "FullyConnectedOptions", FusedActivationFunction=activation, KeepNumDims=True)
    data, same = m.build([x], [y]), None
    if weights == "int4" and len(scales) > 1:  # the interpreter takes that per tensor only
        widened(m, rest[0])
        same = m.build([x], [y])
    return Sample(data, (values(rng, (rows, depth), dtype),), f"{rows}x{depth} -> {units}, {kind}, activation {activation}", same=same)


def window(rng: Generator, size: int, same: bool) -> tuple[int, int, int, int]:
    """Kernel, stride, dilation and output size along one axis of `size` elements."""
    while True:
        kernel, stride = pick(rng, 1, 5), pick(rng, 1, 3)
        dilation = int(rng.choice([1, 1, 1, 2, 3]))
        reach = (kernel - 1) * dilation + 1
        out = -(-size // stride) if same else (size - reach) // stride + 1
        if out >= 1:
            return kernel, stride, dilation, out


@maker
def conv_2d(rng: Generator, weights: str = "int8", dtype: str = "int8") -> Sample:
    m = Model()
    batch, height, width, depth, channels = pick(rng, 1, 2), pick(rng, 1, 9), pick(rng, 1, 9), pick(rng, 1, 9), pick(rng, 1, 9)
    same = bool(rng.random() < 0.5)
    (kh, sh, dh, oh), (kw, sw, dw, ow) = window(rng, height, same), window(rng, width, same)
    x_scale = scale(rng)
    x = m.tensor((batch, height, width, depth), dtype, *quantized(dtype, x_scale, zero_point(rng, dtype)))
    rest, scales, kind = weights_and_bias(rng, m, (channels, kh, kw, depth), 0, x_scale, weights, bias_of(rng, dtype))
    y = m.tensor(
        (batch, oh, ow, channels),
        dtype,
        *quantized(dtype, output_scale(rng, x_scale, scales, kh * kw * depth, dtype), zero_point(rng, dtype)),
    )
    activation = int(rng.choice(ACTIVATIONS))
    options = {"StrideH": sh, "StrideW": sw, "DilationHFactor": dh, "DilationWFactor": dw}
    m.operator("CONV_2D", [x, *rest], [y], "Conv2DOptions", Padding=0 if same else 1, FusedActivationFunction=activation, **options)
    what = f"{batch}x{height}x{width}x{depth} * {channels}x{kh}x{kw} {options} same={same} {kind} activation {activation}"
    return Sample(m.build([x], [y]), (values(rng, (batch, height, width, depth), dtype),), what)


@maker
def depthwise_conv_2d(rng: Generator, weights: str = "int8", dtype: str = "int8") -> Sample:
    m = Model()
    batch, height, width, depth = pick(rng, 1, 2), pick(rng, 1, 9), pick(rng, 1, 9), pick(rng, 1, 11)
    multiplier = int(rng.choice([1, 1, 1, 2, 3]))
    same = bool(rng.random() < 0.5)
    (kh, sh, dh, oh), (kw, sw, dw, ow) = window(rng, height, same), window(rng, width, same)
    x_scale = scale(rng)
    x = m.tensor((batch, height, width, depth), dtype, *quantized(dtype, x_scale, zero_point(rng, dtype)))
    channels = depth * multiplier
    rest, scales, kind = weights_and_bias(rng, m, (1, kh, kw, channels), 3, x_scale, weights, "int64" if dtype == "int16" else "int32")
    y = m.tensor(
        (batch, oh, ow, channels), dtype, *quantized(dtype, output_scale(rng, x_scale, scales, kh * kw, dtype), zero_point(rng, dtype))
    )
    activation = int(rng.choice(ACTIVATIONS))
    options = {"StrideH": sh, "StrideW": sw, "DilationHFactor": dh, "DilationWFactor": dw, "DepthMultiplier": multiplier}
    m.operator(
        "DEPTHWISE_CONV_2D",
        [x, *rest],
        [y],
        "DepthwiseConv2DOptions",
        Padding=0 if same else 1,
        FusedActivationFunction=activation,
        **options,
    )
    what = f"{batch}x{height}x{width}x{depth} * {kh}x{kw} {options} same={same} {kind} activation {activation}"
    return Sample(m.build([x], [y]), (values(rng, (batch, height, width, depth), dtype),), what)


def pool(rng: Generator, name: str, dtype: str = "int8") -> Sample:
    m = Model()
    batch, height, width, depth = pick(rng, 1, 2), pick(rng, 1, 12), pick(rng, 1, 12), pick(rng, 1, 7)
    same = bool(rng.random() < 0.5)
    kh, kw, sh, sw = pick(rng, 1, height), pick(rng, 1, width), pick(rng, 1, 3), pick(rng, 1, 3)
    out = [-(-size // s) if same else (size - k) // s + 1 for size, k, s in ((height, kh, sh), (width, kw, sw))]
    x_scale, x_zero = scale(rng, -9, -1), zero_point(rng, dtype)
    x, y = (m.tensor(shape, dtype, *quantized(dtype, x_scale, x_zero)) for shape in ((batch, height, width, depth), (batch, *out, depth)))
    # Only activations that leave a value between their bounds.
    activation = int(rng.choice([a for a in ACTIVATIONS if a != 2 or -127 <= x_zero <= 126]))
    m.operator(
        name,
        [x],
        [y],
        "Pool2DOptions",
        Padding=0 if same else 1,
        StrideH=sh,
        StrideW=sw,
        FilterHeight=kh,
        FilterWidth=kw,
        FusedActivationFunction=activation,
    )
    what = f"{batch}x{height}x{width}x{depth} window {kh}x{kw} stride {sh}x{sw} same={same} activation {activation}"
    return Sample(m.build([x], [y]), (values(rng, (batch, height, width, depth), dtype),), what)


@maker
def average_pool_2d(rng: Generator) -> Sample:
    return pool(rng, "AVERAGE_POOL_2D")


@maker
def max_pool_2d(rng: Generator) -> Sample:
    return pool(rng, "MAX_POOL_2D")


@maker
def mean(rng: Generator, dtype: str = "int8") -> Sample:
    m = Model()
    shape = tuple(pick(rng, 1, 7) for _ in range(pick(rng, 2, 4)))
    first = pick(rng, 0, len(shape) - 1)
    axes = list(range(first, pick(rng, first, len(shape) - 1) + 1))
    if rng.random() < 0.3:
        axes = sorted(int(a) for a in rng.choice(len(shape), size=pick(rng, 1, len(shape)), replace=False))
    keep = bool(rng.random() < 0.5) or len(axes) == len(shape)
    out = tuple(1 if i in axes else d for i, d in enumerate(shape) if keep or i not in axes)
    given = [a - len(shape) if rng.random() < 0.3 else a for a in axes]
    x_scale = scale(rng)
    x = m.tensor(shape, dtype, *quantized(dtype, x_scale, zero_point(rng, dtype)))
    axis = m.tensor((len(axes),), "int32", data=np.array(given, dtype=np.int32))
    y_scale = float(np.float32(x_scale * 2.0 ** rng.uniform(-6, 6)))
    y = m.tensor(out, dtype, *quantized(dtype, y_scale, zero_point(rng, dtype)))
    m.operator("MEAN", [x, axis], [y], "ReducerOptions", KeepDims=keep)
    return Sample(m.build([x], [y]), (values(rng, shape, dtype),), f"{shape} over {given}, keep={keep}, {x_scale} -> {y_scale}")


@maker
def softmax(rng: Generator, dtype: str = "int8", to: str = "") -> Sample:
    to = to or dtype
    m = Model()
    rows, depth = pick(rng, 1, 3), pick(rng, 1, 20)
    x_quant = (scale(rng, -12, 4), zero_point(rng)) if dtype == "int8" else (scale(rng, -16, -4), 0)
    x = m.tensor((rows, depth), dtype, *quantized(dtype, *x_quant))
    y_quant = (1 / 256, -128) if to == "int8" else (1 / 32768, 0) if dtype == to else (1 / 65536, -32768)
    y = m.tensor((rows, depth), to, *quantized(to, *y_quant))
    beta = float(rng.choice([1.0, 1.0, 0.25, 3.0]))
    m.operator("SOFTMAX", [x], [y], "SoftmaxOptions", Beta=beta)
    data = values(rng, (rows, depth), dtype) if rng.random() < 0.7 else rng.integers(-5, 6, size=(rows, depth)).astype(dtype)
    return Sample(m.build([x], [y]), (data,), f"{rows}x{depth} beta {beta}")


@maker
def reshape(rng: Generator) -> Sample:
    m = Model()
    shape = (pick(rng, 1, 4), pick(rng, 1, 4), pick(rng, 1, 4))
    new = (shape[0], shape[1] * shape[2])
    x_scale, x_zero = scale(rng), zero_point(rng)
    x = m.tensor(shape, "int8", x_scale, x_zero)
    given = (-1, new[1]) if rng.random() < 0.5 else new
    to = m.tensor((2,), "int32", data=np.array(given, dtype=np.int32))
    y = m.tensor(new, "int8", x_scale, x_zero)
    m.operator("RESHAPE", [x, to], [y], "ReshapeOptions", NewShape=list(new))
    return Sample(m.build([x], [y]), (values(rng, shape),), f"{shape} -> {given}")


@maker
def expand_dims(rng: Generator) -> Sample:
    m = Model()
    shape = tuple(pick(rng, 1, 4) for _ in range(pick(rng, 1, 3)))
    at = pick(rng, 0, len(shape))
    x_scale, x_zero = scale(rng), zero_point(rng)
    x = m.tensor(shape, "int8", x_scale, x_zero)
    given = at - len(shape) - 1 if rng.random() < 0.3 else at
    axis = m.tensor((1,), "int32", data=np.array([given], dtype=np.int32))
    y = m.tensor((*shape[:at], 1, *shape[at:]), "int8", x_scale, x_zero)
    m.operator("EXPAND_DIMS", [x, axis], [y], "ExpandDimsOptions")
    return Sample(m.build([x], [y]), (values(rng, shape),), f"{shape} at {given}")


@maker
def squeeze(rng: Generator) -> Sample:
    m = Model()
    shape = tuple(int(rng.choice([1, 1, 3])) for _ in range(4))
    ones = [i for i, d in enumerate(shape) if d == 1]
    given = [] if not ones or rng.random() < 0.4 else [int(a) for a in rng.choice(ones, size=1)]
    dropped = given or ones
    x_scale, x_zero = scale(rng), zero_point(rng)
    x = m.tensor(shape, "int8", x_scale, x_zero)
    y = m.tensor(tuple(d for i, d in enumerate(shape) if i not in dropped), "int8", x_scale, x_zero)
    m.operator("SQUEEZE", [x], [y], "SqueezeOptions", SqueezeDims=given)
    return Sample(m.build([x], [y]), (values(rng, shape),), f"{shape} without {given or 'all'}")
