"""SELECT_V2: elements of one tensor where a mask is true, else of another; all three broadcast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, one_meaning, operator
from stator.ops._pairs import broadcast_shape, walk
from stator.ops._types import ANY, one_type


@operator("SELECT_V2", options="SelectV2Options")
@dataclass(frozen=True, slots=True)
class SelectV2(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> SelectV2:
        return cls()

    def check(self, on: Operands) -> None:
        if on.input(0).type.dtype is not DType.BOOL:
            raise Refusal(f"the mask is {on.input(0).type.dtype.value}, and bool is needed")
        one_type(on, (on.input(1), on.input(2), on.output), ANY)
        one_meaning(on, on.output, on.input(1), on.input(2))

    def _shapes(self, on: Operands) -> tuple[tuple[int, ...], ...]:
        return tuple(on.input(i).type.shape for i in range(3))

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (TensorType(broadcast_shape(self._shapes(on)), on.input(1).type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        mask, a, b = inputs
        assert mask is not None and a is not None and b is not None
        return (np.where(mask, a, b).reshape(on.output.type.shape),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return tuple((i, 0) for i in (1, 2) if on.input(i).type.elements == on.output.type.elements)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        over = walk(self._shapes(on))
        mask, a, b = over.strides
        return KernelCall(
            kernel="select_any",
            header="select/select.h",
            struct="stator_select",
            outputs=node.outputs,
            inputs=node.inputs[:3],
            params=(
                ("over.rank", len(over.sizes)),
                ("over.size", over.sizes),
                ("over.a_stride", a),
                ("over.b_stride", b),
                ("mask.rank", len(over.sizes)),
                ("mask.size", over.sizes),
                ("mask.a_stride", mask),
                ("element_bytes", on.output.type.dtype.bytes),
            ),
        )
