"""MEAN over any axes: the sum is rescaled once by input scale / output scale / count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Node, TensorType
from stator.numerics import INT32_MAX, quantize_multiplier, requantize
from stator.ops import Array, KernelCall, Operands, Operator, Options, Overlap, Refusal, operator
from stator.ops._channels import rescaled
from stator.ops._reduce import reduce_call, summed
from stator.ops._types import QUANTIZED, integer_range, one_type


@operator("MEAN", options="ReducerOptions")
@dataclass(frozen=True, slots=True)
class Mean(Operator):
    keep_dims: bool

    @classmethod
    def from_tflite(cls, options: Options) -> Mean:
        return cls(options.flag("KeepDims"))

    def axes(self, on: Operands) -> frozenset[int]:
        rank = len(on.input(0).type.shape)
        axes = on.integers(1, "the axes")
        if not axes or not all(-rank <= a < rank for a in axes):
            raise Refusal(f"{list(axes)} are not axes of {list(on.input(0).type.shape)}")
        return frozenset(a % rank for a in axes)

    def _count(self, on: Operands) -> int:
        """Elements that one mean is taken over."""
        return math.prod(on.input(0).type.shape[axis] for axis in self.axes(on))

    def fold(self, on: Operands) -> tuple[int, int, int] | None:
        """The input as [outer, count, inner], of which the middle one is averaged; axes of size 1 belong anywhere.

        None where the axes are no neighbours.
        """
        shape = on.input(0).type.shape
        reduced = [i for i in sorted(self.axes(on)) if shape[i] != 1]
        if not reduced:
            return on.input(0).type.elements, 1, 1
        first, last = reduced[0], reduced[-1]
        if any(shape[i] != 1 and i not in reduced for i in range(first, last + 1)):
            return None
        return math.prod(shape[:first]), math.prod(shape[first : last + 1]), math.prod(shape[last + 1 :])

    def scaling(self, on: Operands) -> tuple[int, int]:
        """Multiplier and shift that include the division by the count; the multiplier is cut, not rounded."""
        try:
            multiplier, shift = quantize_multiplier(on.quant(on.input(0)).scale / on.quant(on.output).scale)
        except ValueError as error:
            raise Refusal(f"scales of input and output give {error}", remedy="calibrate with real data") from None
        count = self._count(on)
        extra = min(count.bit_length() - 1, 31 + shift)
        return (multiplier << extra) // count, shift - extra

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.output), (*QUANTIZED, DType.FLOAT32))
        if dtype is DType.FLOAT32:
            self.axes(on)
            return
        if self._count(on) * ((1 << (8 * dtype.bytes)) - 1) > INT32_MAX:
            raise Refusal(f"a mean over {self._count(on):,} elements", remedy="use a smaller input")
        multiplier, _ = self.scaling(on)
        if multiplier > INT32_MAX:
            raise Refusal("scales of input and output are too far apart", remedy="calibrate with real data")

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        axes = self.axes(on)
        shape = on.input(0).type.shape
        kept = tuple(1 if i in axes else d for i, d in enumerate(shape) if self.keep_dims or i not in axes)
        return (TensorType(kept, on.input(0).type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        if x.dtype == np.float32:
            axes = sorted(self.axes(on))
            rows = np.moveaxis(x, axes, range(x.ndim - len(axes), x.ndim)).reshape(on.output.type.elements, -1)
            with np.errstate(all="ignore"):
                return ((summed(rows) / np.float32(rows.shape[1])).reshape(on.output.type.shape),)
        total = x.astype(np.int64).sum(axis=tuple(self.axes(on))) - on.quant(on.input(0)).zero_point * self._count(on)
        y = requantize(total, *self.scaling(on)) + on.quant(on.output).zero_point
        return (np.clip(y, *integer_range(on.output.type.dtype)).astype(x.dtype).reshape(on.output.type.shape),)

    def bounds(self, on: Operands, *inputs: Bounds | None) -> tuple[Bounds, ...]:
        x = inputs[0]
        if x is None or not self._by_channel(on) or on.output.type.dtype is not DType.INT8:
            return Operator.bounds(self, on, *inputs)
        count, zero_point = self._count(on), on.quant(on.input(0)).zero_point
        multiplier, shift = (np.array([value]) for value in self.scaling(on))
        total = x.through(lambda value: (value - zero_point) * count)
        return (rescaled(total, multiplier, shift, on.quant(on.output).zero_point, -128, 127),)

    def keeps(
        self, on: Operands, bounds: Sequence[Bounds | None], inputs: Sequence[Mask], outputs: Sequence[Mask]
    ) -> tuple[Sequence[Mask], Sequence[Mask]]:
        if not self._by_channel(on):
            return Operator.keeps(self, on, bounds, inputs, outputs)
        return [inputs[0] | outputs[0], *inputs[1:]], [inputs[0] | outputs[0]]

    def _by_channel(self, on: Operands) -> bool:
        """Whether each channel of the output is the mean of one channel."""
        return len(on.input(0).type.shape) - 1 not in self.axes(on)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        if on.output.type.dtype is DType.FLOAT32:
            return reduce_call("mean", node, on, tuple(sorted(self.axes(on))), ())
        multiplier, shift = self.scaling(on)
        points = (
            ("multiplier", multiplier),
            ("shift", shift),
            ("input_zero_point", on.quant(on.input(0)).zero_point),
            ("output_zero_point", on.quant(on.output).zero_point),
        )
        fold = self.fold(on)
        if fold is None or on.output.type.dtype is not DType.INT8:
            return reduce_call("sum", node, on, tuple(sorted(self.axes(on))), points)
        outer, count, inner = fold
        return KernelCall(
            kernel="mean_s8",
            header="mean/mean.h",
            struct="stator_mean",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                ("outer", outer),
                ("count", count),
                ("inner", inner),
                *points,
            ),
            # An output is written when the elements up to its own position, at least, have been read for the last time.
            overlaps=(Overlap(0, 0, 0, None),),
        )
