"""HISTORY: the last columns of a tensor, of this run and of earlier ones. No file has it; passes make it, `stream` and `remember`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stator.ir import Node, TensorType
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal


@dataclass(frozen=True, slots=True)
class History(Operator):
    """Input 0 is the variable that holds what the last run gave, input 1 what is new. The output is the variable's new value: all
    but the oldest, and after that what is new; the first elements are the oldest."""

    name: ClassVar[str] = "HISTORY"

    @classmethod
    def from_tflite(cls, options: Options) -> History:
        raise Refusal("a HISTORY", remedy="convert the model again")

    def check(self, on: Operands) -> None:
        held, new = on.input(0).type, on.input(1).type
        if held.dtype is not new.dtype or not 1 <= new.elements <= held.elements:
            raise Refusal(f"{list(new.shape)} are no columns of {list(held.shape)}")

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        return (on.input(0).type,)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        held, new = inputs
        assert held is not None and new is not None
        flat = np.concatenate([held.reshape(-1)[new.size :], new.reshape(-1)]).reshape(held.shape)
        return flat, flat

    def states(self) -> tuple[int, ...]:
        return (0,)

    def shows(self) -> tuple[tuple[int, int], ...]:
        return ((0, 0),)

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        return KernelCall(
            kernel="history_any",
            header="history/history.h",
            struct="stator_history",
            outputs=node.outputs,
            inputs=(node.inputs[1],),
            params=(("bytes", on.output.type.bytes), ("new_bytes", on.input(1).type.bytes)),
        )
