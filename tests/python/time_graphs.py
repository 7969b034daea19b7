"""Models over a window in time, for the tests of streaming: convolutions, poolings and what else works along time, in random order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.python.tflite_builder import Model


class Window:
    """Layers over [1, frames, 1, columns], or [1, 1, frames, columns] where `sideways`."""

    def __init__(self, seed: int, frames: int, columns: int, *, sideways: bool = False) -> None:
        self.rng, self.model, self.axis = np.random.default_rng(seed), Model(), 2 if sideways else 1
        self.length, self.depth = frames, columns
        self.zero_point = int(self.rng.integers(-128, 128))
        self.x = self.input = self.model.tensor(self.shape(), "int8", 0.05, self.zero_point)

    def shape(self) -> tuple[int, ...]:
        return (1, 1, self.length, self.depth) if self.axis == 2 else (1, self.length, 1, self.depth)

    def output(self, *, like: bool = False) -> int:
        if not like:
            self.zero_point = int(self.rng.choice([-128, int(self.rng.integers(-128, 128))]))
        self.x = self.model.tensor(self.shape(), "int8", 0.05, self.zero_point)
        return self.x

    def numbers(self, values: Sequence[int]) -> int:
        return self.model.tensor((len(values),), "int32", data=np.array(values, dtype=np.int32))

    def _along(self, name: str, count: int) -> dict[str, int]:
        return {f"{name}H": count} if self.axis == 1 else {f"{name}W": count}

    def _weights(self, shape: tuple[int, ...], axis: int) -> list[int]:
        data = self.rng.integers(-60, 61, shape, dtype=np.int8)
        scales = (2.0 ** self.rng.uniform(-9, -5, shape[axis])).astype(np.float32)
        bias = self.rng.integers(-3000, 3000, shape[axis], dtype=np.int32)
        weights = self.model.tensor(shape, "int8", scales.tolist(), [0] * len(scales), axis=axis, data=data)
        return [weights, self.model.tensor(bias.shape, "int32", (0.05 * scales).tolist(), [0] * len(scales), data=bias)]

    def conv(self, channels: int, kernel: int, *, dilation: int = 1, stride: int = 1, same: bool = False, depthwise: bool = False) -> None:
        size = (kernel, 1) if self.axis == 1 else (1, kernel)
        channels = self.depth if depthwise else channels
        shape = (1, *size, channels) if depthwise else (channels, *size, self.depth)
        inputs = [self.x, *self._weights(shape, 3 if depthwise else 0)]
        steps = {"StrideH": 1, "StrideW": 1, "DilationHFactor": 1, "DilationWFactor": 1, **self._along("Stride", stride)}
        steps[f"Dilation{'H' if self.axis == 1 else 'W'}Factor"] = dilation
        reach = (kernel - 1) * dilation + 1
        self.length = -(-self.length // stride) if same else (self.length - reach) // stride + 1
        self.depth = channels
        options = {**steps, "Padding": 0 if same else 1, "FusedActivationFunction": int(self.rng.integers(2))}
        if depthwise:
            options["DepthMultiplier"] = 1
        kind = "DepthwiseConv2D" if depthwise else "Conv2D"
        self.model.operator("DEPTHWISE_CONV_2D" if depthwise else "CONV_2D", inputs, [self.output()], f"{kind}Options", **options)

    def pad(self, before: int, after: int = 0) -> None:
        borders = np.zeros((4, 2), dtype=np.int32)
        borders[self.axis] = before, after
        source, box = self.x, self.model.tensor((4, 2), "int32", data=borders)
        self.length += before + after
        self.model.operator("PAD", [source, box], [self.output(like=True)], "PadOptions")

    def causal(self, channels: int, kernel: int, dilation: int = 1) -> None:
        self.pad((kernel - 1) * dilation)
        self.conv(channels, kernel, dilation=dilation)

    def pool(self, name: str, kernel: int, stride: int = 1) -> None:
        source = self.x
        self.length = (self.length - kernel) // stride + 1
        options = {"StrideH": 1, "StrideW": 1, "FilterHeight": 1, "FilterWidth": 1, "Padding": 1, **self._along("Stride", stride)}
        options[f"Filter{'Height' if self.axis == 1 else 'Width'}"] = kernel
        self.model.operator(name, [source], [self.output(like=True)], "Pool2DOptions", **options)

    def each(self, name: str) -> None:
        source = self.x
        self.model.operator(name, [source], [self.output(like=name == "RELU6")])

    def add(self, other: int) -> None:
        source = self.x
        self.model.operator("ADD", [source, other], [self.output()], "AddOptions", FusedActivationFunction=1)

    def gains(self, *, moving: bool = False) -> None:
        """Each channel times a constant; or each position, which then is not the same at another place of the window."""
        shape = self.shape() if moving else (self.depth,)
        constant = self.model.tensor(shape, "int8", 0.01, 0, data=self.rng.integers(-60, 61, shape, dtype=np.int8))
        source = self.x
        self.model.operator("MUL", [source, constant], [self.output()], "MulOptions")

    def twice(self) -> None:
        """Every channel twice."""
        source = self.x
        self.depth *= 2
        self.model.operator("CONCATENATION", [source, source], [self.output(like=True)], "ConcatenationOptions", Axis=3)

    def crop(self, first: int, count: int, step: int = 1) -> None:
        begins, ends, steps = [0] * 4, list(self.shape()), [1] * 4
        begins[self.axis], ends[self.axis], steps[self.axis] = first, first + (count - 1) * step + 1, step
        source = self.x
        self.length = count
        inputs = [source, *(self.numbers(v) for v in (begins, ends, steps))]
        self.model.operator("STRIDED_SLICE", inputs, [self.output(like=True)], "StridedSliceOptions")

    def turn(self) -> None:
        """The same bytes with time along the other axis."""
        self.axis = 3 - self.axis
        source = self.x
        self.model.operator("RESHAPE", [source, self.numbers(self.shape())], [self.output(like=True)], "ReshapeOptions")

    def mean(self) -> None:
        source, axes = self.x, self.numbers([1, 2])
        y = self.x = self.model.tensor((1, self.depth), "int8", 0.04, 3)
        self.model.operator("MEAN", [source, axes], [y], "ReducerOptions")
        self.length = 1

    def dense(self, units: int) -> None:
        depth = self.length * self.depth
        data = self.rng.integers(-60, 61, (units, depth), dtype=np.int8)
        weights = self.model.tensor(data.shape, "int8", 0.004, 0, data=data)
        y = self.model.tensor((1, units), "int8", 0.2, 0)
        self.model.operator("FULLY_CONNECTED", [self.x, weights, -1], [y], "FullyConnectedOptions")
        self.x = y

    def build(self) -> bytes:
        return self.model.build([self.input], [self.x])


def random_window(seed: int) -> tuple[bytes, int]:
    """A model, and the frames of its window."""
    rng = np.random.default_rng(seed)
    frames = int(rng.integers(8, 20))
    window = Window(seed, frames, int(rng.integers(1, 6)), sideways=bool(rng.integers(2)))
    for _ in range(int(rng.integers(2, 7))):
        length, before, depth = window.length, window.x, window.depth
        kernel, dilation, stride = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.integers(1, 3))
        kind = rng.choice(["conv", "conv", "depthwise", "causal", "same", "pool", "each", "residual", "crop", "gains", "turn", "twice"])
        fits = (kernel - 1) * dilation + 1 <= length
        if kind in ("conv", "depthwise") and fits:
            window.conv(int(rng.integers(1, 6)), kernel, dilation=dilation, stride=stride, depthwise=kind == "depthwise")
        elif kind == "causal" and fits:
            window.causal(int(rng.integers(1, 6)), kernel, dilation)
        elif kind == "same" and length > 1:
            window.conv(int(rng.integers(1, 6)), kernel, stride=stride, same=True)
        elif kind == "pool" and kernel <= length:
            window.pool(str(rng.choice(["AVERAGE_POOL_2D", "MAX_POOL_2D"])), kernel, stride)
        elif kind == "each":
            window.each(str(rng.choice(["RELU", "RELU6"])))
        elif kind == "residual" and fits:
            window.causal(depth, kernel, dilation)
            window.add(before)
        elif kind == "crop" and length > 3:
            window.crop(int(rng.integers(0, 2)), int(rng.integers(1, length // 2)), int(rng.integers(1, 3)))
        elif kind == "gains":
            window.gains(moving=bool(rng.random() < 0.2))
        elif kind == "turn":
            window.turn()
        elif kind == "twice" and depth < 6:
            window.twice()
    end = rng.choice(["mean", "last", "flat"])
    if end == "mean":
        window.mean()
    elif end == "last" and window.length > 1:
        window.crop(window.length - 1, 1)
    window.dense(3)
    return window.build(), frames
