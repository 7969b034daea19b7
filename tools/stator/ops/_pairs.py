"""Operators of two operands that broadcast against each other, element by element."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stator.channels import Bounds, Mask, channels
from stator.ir import DType, Node, Tensor, TensorType
from stator.numerics import quantize_multiplier
from stator.ops import Array, KernelCall, Operands, Operator, Refusal, Value


def broadcast_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all `shapes` broadcast to."""
    try:
        return tuple(int(d) for d in np.broadcast_shapes(*shapes))
    except ValueError:
        raise Refusal(
            f"shapes {', '.join(str(list(s)) for s in shapes)} do not broadcast", remedy="make each dimension equal, or 1"
        ) from None


@dataclass(frozen=True, slots=True)
class Walk:
    """How a kernel walks over operands: the output's sizes, and per operand the strides in elements (0 along what is repeated)."""

    sizes: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]


def walk(shapes: Sequence[tuple[int, ...]]) -> Walk:
    """Joins neighbouring dimensions along which every operand goes on alike."""
    out = broadcast_shape(shapes)
    strides = [_strides((1,) * (len(out) - len(shape)) + shape) for shape in shapes]
    sizes: list[int] = []
    joined: list[list[int]] = [[] for _ in shapes]
    for d, size in enumerate(out):
        if size == 1:
            continue
        if sizes and all(kept[-1] == steps[d] * size for kept, steps in zip(joined, strides, strict=True)):
            sizes[-1] *= size
            for kept, steps in zip(joined, strides, strict=True):
                kept[-1] = steps[d]
        else:
            sizes.append(size)
            for kept, steps in zip(joined, strides, strict=True):
                kept.append(steps[d])
    if not sizes:
        return Walk((1,), ((0,),) * len(shapes))
    return Walk(tuple(sizes), tuple(tuple(kept) for kept in joined))


def _strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(0 if size == 1 else math.prod(shape[d + 1 :]) for d, size in enumerate(shape))


def scaled_below_one(ratio: float, what: str) -> tuple[int, int]:
    """Multiplier and shift of a ratio; the shift is 0 or negative. Refuses other ratios."""
    if 0 < ratio < 1:
        multiplier, shift = quantize_multiplier(ratio)
        if shift <= 0:
            return multiplier, shift
    raise Refusal(f"{what} are too far apart", remedy="calibrate with real data")


def scaled(ratio: float, what: str) -> tuple[int, int]:
    """Multiplier and shift of a ratio."""
    try:
        return quantize_multiplier(ratio)
    except ValueError as error:
        raise Refusal(f"{what} give {error}", remedy="calibrate with real data") from None


@dataclass(frozen=True, slots=True)
class Pairs(Operator):
    """`compute` and `fields` are left to the operator; shapes, broadcasting and the call of the kernel are here."""

    @abc.abstractmethod
    def compute(self, on: Operands, a: Array, b: Array) -> Array:
        """The output for operands that already have one shape."""

    @abc.abstractmethod
    def fields(self, on: Operands) -> tuple[str, str, str, tuple[tuple[str, Value], ...]]:
        """Kernel, its folder, its struct, and the struct's fields behind `over`."""

    def output_type(self, on: Operands) -> DType:
        return on.input(0).type.dtype

    def _shapes(self, on: Operands) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return on.input(0).type.shape, on.input(1).type.shape

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(broadcast_shape(self._shapes(on)), self.output_type(on), on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        a, b = inputs
        assert a is not None and b is not None
        result = self.compute(on, *np.broadcast_arrays(a, b)).astype(on.output.type.dtype.numpy)
        return (np.ascontiguousarray(result).reshape(on.output.type.shape),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        moving = [not on.input(i).constant and len(inputs[i]) == len(outputs[0]) for i in (0, 1)]
        both = np.logical_or.reduce([outputs[0], *(mask for mask, moves in zip(inputs, moving, strict=True) if moves)])
        # What is repeated along the channels stays whole, which is one; of constants, `narrowed` takes what is left.
        return [both if moves else np.ones_like(mask) for mask, moves in zip(inputs, moving, strict=True)], [both]

    def narrowed(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Operator, dict[int, Tensor | None]]:
        cut: dict[int, Tensor | None] = {}
        for position in (0, 1):
            tensor = on.input(position)
            if tensor.data is not None and channels(tensor.type) == len(outputs[0]):
                data = np.ascontiguousarray(tensor.data[..., outputs[0]])
                cut[position] = Tensor(-1, tensor.name, replace(tensor.type, shape=data.shape), data)
        return self, cut

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        out = on.output.type
        same = [(i, 0) for i in (0, 1) if on.input(i).type.elements == out.elements and on.input(i).type.dtype.bytes == out.dtype.bytes]
        return tuple(same)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        kernel, folder, struct, fields = self.fields(on)
        over = walk(self._shapes(on))
        return KernelCall(
            kernel=kernel,
            header=f"{folder}/{folder}.h",
            struct=struct,
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0], node.inputs[1]),
            params=(
                ("over.rank", len(over.sizes)),
                ("over.size", over.sizes),
                ("over.a_stride", over.strides[0]),
                ("over.b_stride", over.strides[1]),
                *fields,
            ),
        )
