"""Convolutions and matrix products of INT16 and of floats: one kernel computes them all, as a convolution in groups of channels."""

from __future__ import annotations

import numpy as np

from stator.ir import Node
from stator.ops import Array, Constant, KernelCall, Operands, Value
from stator.ops._activation import Activation, real_range
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
    multipliers: Multipliers | None,
    activation: Activation,
    axes: tuple[Axis, Axis],
    depth: int,
    filters: int,
) -> KernelCall:
    """weights: [output channels, products]; `depth`: channels of the image; `filters`: output channels that see the same of them.
    `multipliers` of INT16, None of floats."""
    rows, columns = axes
    batches = on.input(0).type.elements // (rows.size * columns.size * depth)
    bias = bias_values(on, len(weights))
    size = on.input(0).type.dtype.bytes
    overlap = window_overlap(rows, columns, size * depth, size * len(weights), batches)
    groups: tuple[tuple[str, Value], ...] = (
        *windows_fields(batches, rows, columns, depth),
        ("out_c", len(weights)),
        ("depth", weights.shape[1] // (rows.kernel * columns.kernel)),
        ("filters", filters),
    )
    if multipliers is None:
        least, most = real_range(activation)
        return KernelCall(
            kernel="real_conv2d_f32",
            header="real_conv2d/real_conv2d.h",
            struct="stator_real_conv2d",
            outputs=node.outputs,
            inputs=node.inputs[:1],
            params=(
                ("weights", Constant("weights", "float", np.ascontiguousarray(weights))),
                ("bias", None if bias is None else Constant("bias", "float", bias)),
                *groups,
                ("backwards", 0),
                ("activation_min", least),
                ("activation_max", most),
            ),
            overlaps=(overlap,),
        )
    low, high = output_range(on, activation)
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
            *groups,
            ("wide", int(wide(on))),
            ("backwards", 0),
            ("activation_min", low),
            ("activation_max", high),
        ),
        overlaps=(overlap,),
    )


def real_sums(x: Array, weights: Array) -> Array:
    """Sums of products of floats, added in order as the kernel does. x: [..., 1 or channels, products]; weights: [channels, products]."""
    total = np.zeros((*x.shape[:-2], len(weights)), dtype=np.float32)
    with np.errstate(all="ignore"):
        for k in range(x.shape[-1]):
            total = total + x[..., k] * weights[:, k]
    return total


def real_outputs(on: Operands, sums: Array, bias: Array | None, activation: Activation) -> Array:
    """The output of floats, from the sums of products."""
    with np.errstate(all="ignore"):
        total = sums if bias is None else sums + bias
    least, most = (np.float32(end) for end in real_range(activation))
    y: Array = np.where(total < least, least, np.where(total > most, most, total))
    return y.reshape(on.output.type.shape)
