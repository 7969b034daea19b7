"""RUNNING_MEAN: a MEAN over a window that moves on by a column per run, from its sums. No file has it; `stream` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import requantize, wrap32
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal
from stator.ops.mean import Mean


@dataclass(frozen=True, slots=True)
class RunningMean(Operator):
    """Input 0 is the variable with the sums, input 1 the column that comes into the window, input 2 the one that leaves it. Sums of
    integers are exact in any order, so the output is that of the MEAN over the window's `count` elements, whose scaling this is."""

    name: ClassVar[str] = "RUNNING_MEAN"

    count: int
    multiplier: int
    shift: int
    type: TensorType

    @classmethod
    def of(cls, mean: Mean, on: Operands, axis: int) -> RunningMean | None:
        """What computes a mean over `axis`, the outermost of its input, and perhaps the next ones; None for other means and types."""
        fold = mean.fold(on)
        if on.output.type.dtype is not DType.INT8 or fold is None or fold[0] != 1 or axis not in mean.axes(on):
            return None
        return cls(fold[1], *mean.scaling(on), on.output.type)

    @classmethod
    def from_tflite(cls, options: Options) -> RunningMean:
        raise Refusal("a RUNNING_MEAN", remedy="convert the model again")

    def check(self, on: Operands) -> None:
        sums, column = on.input(0).type, on.input(1).type
        if sums.dtype is not DType.INT32 or column != on.input(2).type or column.elements % sums.elements or column.dtype is not DType.INT8:
            raise Refusal(f"{list(column.shape)} are no columns for {list(sums.shape)} sums")

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (self.type,)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        sums, fresh, oldest = inputs
        assert sums is not None and fresh is not None and oldest is not None
        moved = fresh.astype(np.int64) - oldest
        held = wrap32(sums.astype(np.int64) + moved.reshape(-1, sums.size).sum(axis=0))
        y = (
            requantize(wrap32(held - on.quant(on.input(1)).zero_point * self.count), self.multiplier, self.shift)
            + on.quant(on.output).zero_point
        )
        return np.clip(y, -128, 127).astype(np.int8).reshape(self.type.shape), held.astype(np.int32)

    def states(self) -> tuple[int, ...]:
        return (0,)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        inner = on.input(0).type.elements
        return KernelCall(
            kernel="running_mean_s8",
            header="running_mean/running_mean.h",
            struct="stator_running_mean",
            outputs=node.outputs,
            inputs=node.inputs,
            params=(
                ("rows", on.input(1).type.elements // inner),
                ("inner", inner),
                ("count", self.count),
                ("multiplier", self.multiplier),
                ("shift", self.shift),
                ("input_zero_point", on.quant(on.input(1)).zero_point),
                ("output_zero_point", on.quant(on.output).zero_point),
            ),
        )
