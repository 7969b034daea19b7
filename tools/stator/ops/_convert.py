"""Operators that change the element type."""

from __future__ import annotations

from stator.ir import Node
from stator.ops import KernelCall


def convert_call(kernel: str, node: Node, elements: int, scale: float = 1.0, zero_point: int = 0) -> KernelCall:
    """The call of a kernel of firmware/kernels/convert/."""
    return KernelCall(
        kernel=kernel,
        header="convert/convert.h",
        struct="stator_convert",
        outputs=node.outputs,
        inputs=node.inputs[:1],
        params=(("elements", elements), ("scale", scale), ("zero_point", zero_point)),
    )
