"""ADD_N: the sum of any number of tensors of one shape, and for INT8 of one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, Tensor, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator, same_quant
from stator.ops._one_scale_sum import fields, narrowed, scaling, widened
from stator.ops._types import SUFFIXES, one_type


@operator("ADD_N", options="AddNOptions")
@dataclass(frozen=True, slots=True)
class AddN(Operator):
    @classmethod
    def from_tflite(cls, options: Options) -> AddN:
        return cls()

    def _terms(self, on: Operands) -> tuple[Tensor, ...]:
        on.input(0)
        return tuple(on.input(i) for i in range(len(on.inputs)))

    def check(self, on: Operands) -> None:
        terms = self._terms(on)
        if any(t.type.shape != terms[0].type.shape for t in terms):
            raise Refusal("the terms' shapes differ")
        if one_type(on, (*terms, on.output), (DType.INT8, DType.FLOAT32)) is DType.INT8:
            for term in terms:
                same_quant(on, term, terms[0])
            scaling(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        x = on.input(0).type
        return (TensorType(x.shape, x.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        terms = [x for x in inputs if x is not None]
        if on.output.type.dtype is DType.INT8:
            return (narrowed(on, sum((widened(on, x) for x in terms), start=np.zeros(terms[0].shape, dtype=np.int64))),)
        return (sum(terms, start=np.zeros(terms[0].shape, dtype=np.float32)),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        return tuple((i, 0) for i in range(len(on.inputs)))

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        dtype = on.output.type.dtype
        return KernelCall(
            kernel=f"add_n_{SUFFIXES[dtype]}",
            header="add_n/add_n.h",
            struct="stator_add_n",
            outputs=node.outputs,
            inputs=node.inputs,
            params=(
                ("elements", on.output.type.elements),
                ("inputs", len(node.inputs)),
                *(fields(on) if dtype is DType.INT8 else ()),
            ),
            lists=True,
        )
