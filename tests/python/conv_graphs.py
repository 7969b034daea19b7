"""Small convolutional models with much to drop: filters of zeros, channels that nobody reads, channels that never change."""

from __future__ import annotations

import numpy as np

from tests.python.tflite_builder import Model

Generator = np.random.Generator


class Stack:
    """Layers on top of each other over images; every choice comes from the seed."""

    def __init__(self, seed: int, shape: tuple[int, int, int, int] = (1, 7, 6, 3)) -> None:
        self.rng = np.random.default_rng(seed)
        self.model = Model()
        self.shape: tuple[int, ...] = shape
        self.zero_point = int(self.rng.integers(-128, 128))
        self.x = self.input = self.model.tensor(shape, "int8", 0.05, self.zero_point)

    def _pruned(self, weights: np.ndarray, share: float) -> np.ndarray:
        """Some outputs and some inputs get no weights at all. weights: [outputs, ..., inputs]."""
        weights[self.rng.random(len(weights)) < share] = 0
        weights[..., self.rng.random(weights.shape[-1]) < share] = 0
        return weights

    def _weights(self, data: np.ndarray, axis: int) -> list[int]:
        channels = data.shape[axis]
        scales = (2.0 ** self.rng.uniform(-9, -5, channels)).astype(np.float32)
        bias = self.rng.integers(-6000, 6000, channels, dtype=np.int32)
        weights = self.model.tensor(data.shape, "int8", scales.tolist(), [0] * channels, axis=axis, data=data)
        if self.rng.random() < 0.25:
            return [weights]
        return [weights, self.model.tensor((channels,), "int32", (0.05 * scales).tolist(), [0] * channels, data=bias)]

    def _output(self, shape: tuple[int, ...], like: bool = False) -> int:
        if not like:
            self.zero_point = int(self.rng.choice([-128, -128, 127, int(self.rng.integers(-128, 128))]))
        self.shape = shape
        self.x = self.model.tensor(shape, "int8", 0.05, self.zero_point)
        return self.x

    def conv(self, channels: int, kernel: int, *, same: bool = True, share: float = 0.4, activation: int = 1, stride: int = 1) -> None:
        batch, height, width, depth = self.shape
        data = self._pruned(self.rng.integers(-60, 61, (channels, kernel, kernel, depth), dtype=np.int8), share)
        inputs = [self.x, *self._weights(data, 0)]
        out = [-(-n // stride) if same else (n - kernel) // stride + 1 for n in (height, width)]
        options = {"StrideH": stride, "StrideW": stride, "Padding": 0 if same else 1, "FusedActivationFunction": activation}
        self.model.operator("CONV_2D", inputs, [self._output((batch, out[0], out[1], channels))], "Conv2DOptions", **options)

    def depthwise(self, kernel: int, *, multiplier: int = 1, share: float = 0.3, stride: int = 1) -> None:
        batch, height, width, depth = self.shape
        channels = depth * multiplier
        data = self.rng.integers(-60, 61, (1, kernel, kernel, channels), dtype=np.int8)
        data[..., self.rng.random(channels) < share] = 0
        inputs = [self.x, *self._weights(data, 3)]
        shape = (batch, -(-height // stride), -(-width // stride), channels)
        options = {"StrideH": stride, "StrideW": stride, "DepthMultiplier": multiplier, "FusedActivationFunction": 1}
        self.model.operator("DEPTHWISE_CONV_2D", inputs, [self._output(shape)], "DepthwiseConv2DOptions", **options)

    def pool(self, name: str = "AVERAGE_POOL_2D") -> None:
        batch, height, width, depth = self.shape
        source = self.x
        target = self._output((batch, -(-height // 2), -(-width // 2), depth), like=True)
        self.model.operator(name, [source], [target], "Pool2DOptions", StrideH=2, StrideW=2, FilterHeight=2, FilterWidth=2)

    def mean(self) -> None:
        axes = self.model.tensor((2,), "int32", data=np.array([1, 2], dtype=np.int32))
        source, shape = self.x, (self.shape[0], self.shape[3])
        self.model.operator("MEAN", [source, axes], [self._output(shape)], "ReducerOptions")

    def residual(self, other: int) -> None:
        source = self.x
        self.model.operator("ADD", [source, other], [self._output(self.shape)], "AddOptions", FusedActivationFunction=1)

    def shifted(self) -> None:
        """Adds a constant to each channel."""
        constant = self.model.tensor((self.shape[3],), "int8", 0.05, 0, data=self.rng.integers(-60, 61, self.shape[3], dtype=np.int8))
        source = self.x
        self.model.operator("ADD", [source, constant], [self._output(self.shape)], "AddOptions")

    def flat(self) -> None:
        shape = (self.shape[0], int(np.prod(self.shape[1:])))
        wanted = self.model.tensor((2,), "int32", data=np.array(shape, dtype=np.int32))
        source = self.x
        self.model.operator("RESHAPE", [source, wanted], [self._output(shape, like=True)], "ReshapeOptions")

    def dense(self, units: int, share: float = 0.3) -> None:
        depth = int(np.prod(self.shape[1:]))
        data = self._pruned(self.rng.integers(-60, 61, (units, depth), dtype=np.int8), share)
        weights = self.model.tensor(data.shape, "int8", 0.004, 0, data=data)
        inputs = [self.x, weights] if self.rng.random() < 0.3 else [self.x, weights, self._bias(units, 0.05 * 0.004)]
        self.model.operator("FULLY_CONNECTED", inputs, [self._output((self.shape[0], units))], "FullyConnectedOptions")

    def _bias(self, units: int, scale: float) -> int:
        return self.model.tensor((units,), "int32", scale, 0, data=self.rng.integers(-3000, 3000, units, dtype=np.int32))

    def softmax(self) -> None:
        source = self.x
        self.x = self.model.tensor(self.shape, "int8", 1 / 256, -128)
        self.model.operator("SOFTMAX", [source], [self.x], "SoftmaxOptions", Beta=1.0)

    def build(self) -> bytes:
        return self.model.build([self.input], [self.x])


def pruned(seed: int) -> bytes:
    """A random model of all the layers that channels flow through."""
    stack = Stack(seed)
    rng = stack.rng
    stack.conv(int(rng.integers(3, 10)), 3, stride=int(rng.integers(1, 3)))
    for _ in range(int(rng.integers(1, 5))):
        before, shape = stack.x, stack.shape
        kind = rng.choice(["separable", "valid", "pool", "residual", "wide", "shifted"])
        if kind == "separable":
            stack.depthwise(3, stride=int(rng.integers(1, 3)))
            stack.conv(int(rng.integers(3, 10)), 1)
        elif kind == "valid" and min(shape[1:3]) >= 3:
            stack.conv(int(rng.integers(3, 10)), 3, same=False, activation=int(rng.choice([0, 1, 3])))
        elif kind == "pool":
            stack.pool(str(rng.choice(["AVERAGE_POOL_2D", "MAX_POOL_2D"])))
        elif kind == "residual":
            stack.conv(shape[3], 3)
            stack.residual(before)
        elif kind == "shifted":
            stack.shifted()
        else:
            stack.depthwise(3, multiplier=2)
    if rng.random() < 0.5:
        stack.mean()
    elif rng.random() < 0.7:
        stack.flat()
    stack.dense(5)
    stack.dense(4)
    stack.softmax()
    return stack.build()
