"""CONCATENATION of up to four tensors along one axis; all have the output's scale and zero point."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, Tensor, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, int8, operator, same_quant
from stator.ops._activation import Activation

MAX_INPUTS = 4


@operator("CONCATENATION", options="ConcatenationOptions")
@dataclass(frozen=True, slots=True)
class Concatenation(Operator):
    axis: int

    @classmethod
    def from_tflite(cls, options: Options) -> Concatenation:
        if Activation.from_tflite(options) is not Activation.NONE:
            raise Refusal("a fused activation", remedy="put the activation before the concatenation", unsupported=True)
        return cls(options.integer("Axis"))

    def _parts(self, on: Operands) -> tuple[Tensor, ...]:
        if not 1 <= len(on.inputs) <= MAX_INPUTS:
            raise Refusal(f"{len(on.inputs)} inputs", remedy=f"concatenate at most {MAX_INPUTS} at once", unsupported=True)
        return tuple(on.input(i) for i in range(len(on.inputs)))

    def _axis(self, on: Operands) -> int:
        rank = len(on.input(0).type.shape)
        if not -rank <= self.axis < rank:
            raise Refusal(f"axis {self.axis} of {rank} dimensions")
        return self.axis % rank

    def check(self, on: Operands) -> None:
        for part in self._parts(on):
            int8(on, part, on.output)
            same_quant(on, part, on.output)
            if part.constant:
                raise Refusal(f"'{part.name}' is constant", remedy="concatenate activations only", unsupported=True)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        axis = self._axis(on)
        shapes = [part.type.shape for part in self._parts(on)]
        first = shapes[0]
        if any(s[:axis] != first[:axis] or s[axis + 1 :] != first[axis + 1 :] for s in shapes):
            raise Refusal(f"shapes {[list(s) for s in shapes]} differ in more than axis {axis}")
        shape = (*first[:axis], sum(s[axis] for s in shapes), *first[axis + 1 :])
        return (TensorType(shape, DType.INT8, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        return (np.concatenate([x for x in inputs if x is not None], axis=self._axis(on)),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        axis = self._axis(on)
        parts = self._parts(on)
        runs = [math.prod(part.type.shape[axis:]) for part in parts]
        missing = MAX_INPUTS - len(parts)
        return KernelCall(
            kernel="concatenation_s8",
            header="concatenation/concatenation.h",
            struct="stator_concatenation",
            outputs=(node.outputs[0],),
            # The kernel takes four: those that are not there repeat the first one and give no bytes.
            inputs=(*node.inputs, *(node.inputs[:1] * missing)),
            params=(
                ("outer", math.prod(parts[0].type.shape[:axis])),
                *((f"run{i}", run) for i, run in enumerate([*runs, *([0] * missing)])),
            ),
        )
