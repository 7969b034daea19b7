"""The call of firmware/kernels/gather/, which GATHER and GATHER_ND share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node
from stator.ops import Array, KernelCall, Operands, Refusal


@dataclass(frozen=True, slots=True)
class Places:
    """Places in a tensor [batches, outer, block] that indices [batches, count, depth] name; each place has `inner` elements."""

    batches: int
    outer: int
    count: int
    inner: int
    sizes: tuple[int, ...]  # of the dimensions that the indices belong to

    @property
    def strides(self) -> tuple[int, ...]:
        return tuple(self.inner * math.prod(self.sizes[d + 1 :]) for d in range(len(self.sizes)))

    @property
    def block(self) -> int:
        return self.inner * math.prod(self.sizes)

    def check(self, on: Operands) -> None:
        """Refuses indices of another type, and constant ones that are out of range."""
        indices = on.input(1)
        if indices.type.dtype is not DType.INT32:
            raise Refusal(f"indices '{indices.name}' are {indices.type.dtype.value}, and int32 is needed", unsupported=True)
        if indices.data is not None:
            table = indices.data.astype(np.int64).reshape(-1, len(self.sizes))
            if bool(np.any((table < 0) | (table >= np.array(self.sizes)))):
                raise Refusal(f"indices '{indices.name}' leave {list(self.sizes)}")

    def taken(self, x: Array, indices: Array) -> Array:
        """The elements; an index out of range counts as the nearest that is in range."""
        table = indices.astype(np.int64).reshape(self.batches, self.count, len(self.sizes)).clip(0, np.array(self.sizes) - 1)
        flat = (table * np.array([s // self.inner for s in self.strides])).sum(axis=2)
        blocks = x.reshape(self.batches, self.outer, -1, self.inner)
        result: Array = np.take_along_axis(blocks, flat[:, None, :, None], axis=2)
        return result

    def call(self, node: Node, on: Operands) -> KernelCall:
        return KernelCall(
            kernel="gather_any",
            header="gather/gather.h",
            struct="stator_gather",
            outputs=node.outputs,
            inputs=node.inputs[:2],
            params=(
                ("element_bytes", on.output.type.dtype.bytes),
                ("batches", self.batches),
                ("outer", self.outer),
                ("count", self.count),
                ("depth", len(self.sizes)),
                ("inner", self.inner),
                ("block", self.block),
                ("size", self.sizes),
                ("stride", self.strides),
            ),
        )
