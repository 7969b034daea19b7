"""Convolutions and matrix products of INT16: one kernel computes them all, as a convolution in groups of channels."""

from __future__ import annotations

import numpy as np

from stator.ir import Node
from stator.ops import Array, Constant, KernelCall, Operands, Value
from stator.ops._activation import Activation
from stator.ops._overlap import window_overlap
from stator.ops._weights import Multipliers, bias_values, output_range, wide
from stator.ops._window import Axis


def windows_fields(batches: int, rows: Axis, columns: Axis, depth: int) -> tuple[tuple[str, Value], ...]:
    """`struct stator_windows over` of a kernel's parameters."""
    fields = {
        "batches": batches,
        "in_h": rows.size,
        "in_w": columns.size,
        "in_c": depth,
        "out_h": rows.out,
        "out_w": columns.out,
        "kernel_h": rows.kernel,
        "kernel_w": columns.kernel,
        "stride_h": rows.stride,
        "stride_w": columns.stride,
        "dilation_h": rows.dilation,
        "dilation_w": columns.dilation,
        "pad_top": rows.before,
        "pad_left": columns.before,
    }
    return tuple((f"over.{name}", value) for name, value in fields.items())


def grouped_call(
    node: Node,
    on: Operands,
    weights: Array,
    multipliers: Multipliers,
    activation: Activation,
    axes: tuple[Axis, Axis],
    depth: int,
    filters: int,
) -> KernelCall:
    """weights: [output channels, products]; `depth`: channels of the image; `filters`: output channels that see the same of them."""
    rows, columns = axes
    batches = on.input(0).type.elements // (rows.size * columns.size * depth)
    bias, (low, high) = bias_values(on, len(weights)), output_range(on, activation)
    size = on.input(0).type.dtype.bytes
    overlap = window_overlap(rows, columns, size * depth, size * len(weights), batches)
    multiplier, shift = (np.broadcast_to(part, (len(weights),)) for part in multipliers)
    return KernelCall(
        kernel="wide_conv2d_s16_s8",
        header="wide_conv2d/wide_conv2d.h",
        struct="stator_wide_conv2d",
        outputs=node.outputs,
        inputs=node.inputs[:1],
        params=(
            ("weights", Constant("weights", "int8_t", np.ascontiguousarray(weights))),
            ("bias", None if bias is None else Constant("bias", "int64_t", bias.astype(np.int64))),
            ("multiplier", Constant("multiplier", "int32_t", multiplier)),
            ("shift", Constant("shift", "int8_t", shift)),
            *windows_fields(batches, rows, columns, depth),
            ("out_c", len(weights)),
            ("depth", weights.shape[1] // (rows.kernel * columns.kernel)),
            ("filters", filters),
            ("wide", int(wide(on))),
            ("backwards", 0),
            ("activation_min", low),
            ("activation_max", high),
        ),
        overlaps=(overlap,),
    )
