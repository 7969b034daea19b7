"""Models of one convolution or matrix product as networks have them: calibrated, wide, and with the shapes at which tiles end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stator.numerics import pack
from stator.ops import Array
from tests.python.single_op import Generator, Sample, values
from tests.python.tflite_builder import Model

Image = tuple[int, int, int, int, tuple[int, int], int, bool]

#: height, width, depth, channels, kernel, stride, same padding.
CONV: tuple[Image, ...] = (
    (1, 1, 1, 1, (1, 1), 1, False),
    (1, 1, 4, 2, (1, 1), 1, False),
    (5, 5, 64, 64, (1, 1), 1, False),
    (3, 3, 63, 17, (1, 1), 1, True),
    (7, 5, 8, 16, (1, 1), 1, True),
    (8, 8, 16, 9, (1, 1), 2, True),
    (9, 8, 1, 64, (10, 4), 2, True),
    (8, 8, 3, 8, (3, 3), 2, True),
    (8, 9, 16, 16, (3, 3), 1, True),
    (6, 6, 32, 10, (3, 3), 1, False),
    (2, 2, 5, 3, (5, 5), 1, True),
    (4, 13, 20, 6, (1, 5), 1, True),
)
DEPTHWISE: tuple[Image, ...] = (
    (1, 1, 1, 1, (1, 1), 1, False),
    (25, 5, 64, 64, (3, 3), 1, True),
    (12, 12, 8, 8, (3, 3), 1, True),
    (6, 7, 12, 12, (3, 3), 1, True),
    (12, 12, 17, 17, (3, 3), 2, True),
    (11, 18, 24, 24, (3, 3), 2, True),
    (7, 9, 4, 4, (3, 3), 2, False),
    (9, 9, 6, 6, (5, 5), 1, True),
    (3, 3, 128, 128, (3, 3), 1, True),
    (6, 5, 19, 19, (2, 4), 1, True),
    (4, 1, 7, 7, (3, 3), 1, True),
    (1, 40, 12, 12, (1, 7), 1, True),
    (2, 2, 5, 5, (3, 3), 1, True),
    (1, 1, 3, 3, (3, 3), 1, True),
    (1, 9, 5, 5, (3, 3), 1, True),
    (9, 1, 2, 2, (3, 3), 1, True),
    (5, 6, 10, 10, (3, 3), 1, True),
    (24, 1, 46, 46, (8, 1), 1, False),
    (9, 2, 7, 7, (5, 1), 2, False),
    (6, 11, 16, 16, (2, 3), 1, False),
    (5, 5, 33, 33, (5, 5), 1, False),
    (1, 12, 9, 9, (1, 4), 1, False),
    (3, 3, 4, 4, (1, 1), 1, False),
)
#: rows, depth, units.
PRODUCTS = (
    (1, 1, 1),
    (1, 4, 4),
    (1, 640, 128),
    (1, 128, 8),
    (1, 8, 128),
    (3, 33, 7),
    (1, 64, 12),
    (2, 10, 5),
    (1, 257, 1),
    (2, 39, 16),
    (1, 5, 31),
    (4, 66, 20),
)
#: elements.
SUMS = (1, 2, 3, 4, 31, 64, 257, 1000)


@dataclass(frozen=True, slots=True)
class _Scales:
    x: float
    weights: list[float]
    y: float
    x_zero: int
    y_zero: int


def _scales(rng: Generator, channels: int, products: int) -> _Scales:
    """As calibration gives them: outputs use their range, and a few saturate."""
    x = float(np.float32(2.0 ** rng.uniform(-8, -3)))
    weights = (2.0 ** rng.uniform(-9, -6, size=channels)).astype(np.float32)
    y = float(np.float32(x * float(weights.max()) * 5400 * products**0.5 / 40))
    ends = [-128, 127, 0, int(rng.integers(-128, 128))]
    return _Scales(x, weights.tolist(), y, int(rng.choice(ends)), int(rng.choice(ends)))


def _constants(rng: Generator, m: Model, shape: tuple[int, ...], axis: int, s: _Scales, dtype: str = "int8") -> list[int]:
    channels = shape[axis]
    bias = rng.integers(-3000, 3000, size=channels, dtype=np.int32)
    weights: Array = np.maximum(values(rng, shape), -127)
    data = pack((weights >> 4).reshape(-1)) if dtype == "int4" else weights
    return [
        m.tensor(shape, dtype, s.weights, [0] * len(s.weights), axis=axis, data=data),
        m.tensor((channels,), "int32", (np.float32(s.x) * np.array(s.weights, np.float32)).tolist(), [0] * len(s.weights), data=bias),
    ]


def conv_2d(rng: Generator, shape: Image, weights: str = "int8") -> Sample:
    return _image(rng, shape, depthwise=False, weights=weights)


def depthwise_conv_2d(rng: Generator, shape: Image) -> Sample:
    return _image(rng, shape, depthwise=True)


def _image(rng: Generator, shape: Image, *, depthwise: bool, weights: str = "int8") -> Sample:
    height, width, depth, channels, (kh, kw), stride, same = shape
    batch = 1 + int(height * width < 30)
    m, s = Model(), _scales(rng, channels, kh * kw * (1 if depthwise else depth))
    oh, ow = ((-(-n // stride) if same else (n - k) // stride + 1) for n, k in ((height, kh), (width, kw)))
    x = m.tensor((batch, height, width, depth), "int8", s.x, s.x_zero)
    rest = _constants(rng, m, (1, kh, kw, channels) if depthwise else (channels, kh, kw, depth), 3 if depthwise else 0, s, weights)
    y = m.tensor((batch, oh, ow, channels), "int8", s.y, s.y_zero)
    name, table = ("DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions") if depthwise else ("CONV_2D", "Conv2DOptions")
    options = {"DepthMultiplier": 1} if depthwise else {}
    m.operator(name, [x, *rest], [y], table, Padding=0 if same else 1, StrideH=stride, StrideW=stride, **options)
    return Sample(m.build([x], [y]), (values(rng, (batch, height, width, depth)),), f"{name} {shape}")


def fully_connected(rng: Generator, shape: tuple[int, int, int], weights: str = "int8") -> Sample:
    """INT4 weights have one scale: the interpreter takes no more."""
    rows, depth, units = shape
    m, s = Model(), _scales(rng, units if weights == "int8" else 1, depth)
    x = m.tensor((rows, depth), "int8", s.x, s.x_zero)
    rest = _constants(rng, m, (units, depth), 0, s, weights)
    y = m.tensor((rows, units), "int8", s.y, s.y_zero)
    m.operator("FULLY_CONNECTED", [x, *rest], [y], "FullyConnectedOptions")
    return Sample(m.build([x], [y]), (values(rng, (rows, depth)),), f"FULLY_CONNECTED {shape}")


def add(rng: Generator, elements: int) -> Sample:
    m, a, b = Model(), *(float(np.float32(2.0 ** rng.uniform(-7, -4))) for _ in range(2))
    b = float(rng.choice([a, b]))
    zeros = [int(rng.choice([-128, 127, 0, int(rng.integers(-128, 128))])) for _ in range(3)]
    x = [m.tensor((1, elements), "int8", scale, zero) for scale, zero in ((a, zeros[0]), (b, zeros[1]))]
    y = m.tensor((1, elements), "int8", float(np.float32((a + b) * rng.uniform(0.3, 1.2))), zeros[2])
    m.operator("ADD", x, [y], "AddOptions")
    return Sample(m.build(x, [y]), (values(rng, (1, elements)), values(rng, (1, elements))), f"ADD of {elements}")


def core_samples(seed: int = 3) -> Iterator[Sample]:
    """Two of each shape of an image, one of each other."""
    rng = np.random.default_rng(seed)
    yield from (conv_2d(rng, shape) for shape in CONV * 2)
    yield from (conv_2d(np.random.default_rng([seed, 4]), shape, "int4") for shape in CONV)
    yield from (depthwise_conv_2d(rng, shape) for shape in DEPTHWISE * 2)
    yield from (fully_connected(rng, shape) for shape in PRODUCTS)
    yield from (fully_connected(np.random.default_rng([seed, 6]), shape, "int4") for shape in PRODUCTS)
    yield from (add(rng, elements) for elements in SUMS)
