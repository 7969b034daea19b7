"""PAD: a border of one value around a tensor of up to four dimensions; the value is the zero point, so real 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, int8, operator, same_quant

MAX_RANK = 4


@operator("PAD", options="PadOptions")
@dataclass(frozen=True, slots=True)
class Pad(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> Pad:
        return cls()

    def _borders(self, on: Operands) -> tuple[tuple[int, int], ...]:
        """(before, after) of each dimension."""
        flat = on.integers(1, "the paddings")
        rank = len(on.input(0).type.shape)
        if rank > MAX_RANK:
            raise Refusal(f"a border around {rank} dimensions", remedy=f"use at most {MAX_RANK}", unsupported=True)
        if len(flat) != 2 * rank or min(flat, default=0) < 0:
            raise Refusal(f"{list(flat)} are not two paddings for each of {rank} dimensions")
        return tuple(zip(flat[::2], flat[1::2], strict=True))

    def check(self, on: Operands) -> None:
        int8(on, on.input(0), on.output)
        same_quant(on, on.input(0), on.output)
        self._borders(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        shape = tuple(d + before + after for d, (before, after) in zip(on.input(0).type.shape, self._borders(on), strict=True))
        return (TensorType(shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        return (np.pad(x, self._borders(on), constant_values=np.int8(on.quant(on.output).zero_point)),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        missing = MAX_RANK - len(on.input(0).type.shape)
        sizes = (1,) * missing + on.input(0).type.shape
        borders = ((0, 0),) * missing + self._borders(on)
        return KernelCall(
            kernel="pad_s8",
            header="pad/pad.h",
            struct="stator_pad",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                *((f"size{i}", size) for i, size in enumerate(sizes)),
                *((f"before{i}", before) for i, (before, _) in enumerate(borders)),
                *((f"after{i}", after) for i, (_, after) in enumerate(borders)),
                ("value", on.quant(on.output).zero_point),
            ),
        )
