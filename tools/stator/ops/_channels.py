"""What operators know about channels: bounds of results, which channels a result depends on, and operands without the others."""

from __future__ import annotations

import numpy as np

from stator.channels import Bounds, Mask
from stator.ir import DType, Quantization, Tensor, TensorType
from stator.numerics import INT32_MAX, INT32_MIN, requantize
from stator.ops import Array, Operands


def rescaled(acc: Bounds, multiplier: Array, shift: Array, zero_point: int, low: int, high: int) -> Bounds:
    """Bounds of an output from those of its accumulator. Rescaling is monotone where its left shift cannot wrap."""
    left = np.broadcast_to(shift.astype(np.int64).clip(min=0), acc.low.shape)
    safe = ((acc.low << left) >= INT32_MIN) & ((acc.high << left) <= INT32_MAX)
    y = acc.through(lambda x: requantize(np.where(safe, x, 0), multiplier, shift) + zero_point).clipped(low, high)
    return Bounds(np.where(safe, y.low, low), np.where(safe, y.high, high))


def read_by(weights: Array, wanted: Mask, known: Mask) -> Mask:
    """Input channels that the wanted outputs depend on. weights: [outputs, taps, channels]; `known`: channels that a bias can hold."""
    mask: Mask = weights[wanted].any(axis=(0, 1)) & ~known
    return mask


def held_by_bias(on: Operands, x: Bounds, *, padded: bool) -> Mask:
    """Constant channels of input 0 whose share of every output is the same: padding holds the zero point, which adds nothing."""
    mask: Mask = x.constant & ((x.low == on.quant(on.input(0)).zero_point) | (not padded))
    return mask


def cut_weights(on: Operands, cut: Array, kept: Mask, axis: int) -> Tensor:
    """The weights `cut` down to the outputs that are kept, in their operator's layout; `axis`: its output axis."""
    tensor = on.input(1)
    quant = None if tensor.type.quant is None else _cut(tensor.type.quant, kept, axis)
    return Tensor(-1, tensor.name, TensorType(cut.shape, tensor.type.dtype, quant), np.ascontiguousarray(cut))


def cut_bias(on: Operands, kept: Mask, extra: Array | None = None) -> dict[int, Tensor | None]:
    """The bias (input 2) of the outputs that are kept, and what is to be added to it: int64 [kept outputs]."""
    bias, weights, x = on.optional(2), on.input(1), on.input(0)
    add = np.zeros(int(kept.sum()), dtype=np.int64) if extra is None else extra
    if bias is not None and bias.data is not None:
        quant = None if bias.type.quant is None else _cut(bias.type.quant, kept, 0)
        values = (bias.data.reshape(-1)[kept].astype(np.int64) + add).astype(bias.data.dtype)
        return {2: Tensor(-1, bias.name, TensorType(values.shape, bias.type.dtype, quant), values)}
    if not add.any():
        return {}
    assert weights.type.quant is not None
    scales = tuple(float(np.float32(on.quant(x).scale) * np.float32(s)) for s in weights.type.quant.scales)
    quant = _cut(Quantization(scales, (0,) * len(scales), 0), kept, 0)
    dtype = DType.INT64 if x.type.dtype is DType.INT16 else DType.INT32
    return {2: Tensor(-1, f"{weights.name}, bias", TensorType(add.shape, dtype, quant), add.astype(dtype.numpy))}


def narrowed_weights(
    on: Operands, weights: Array, x: Bounds, kept_in: Mask, kept_out: Mask, cut: Array, axis: int
) -> dict[int, Tensor | None]:
    """Weights and bias for the channels that are left; what the dropped ones added, always the same, is in the bias.

    weights: [outputs, taps, channels]; `cut`: those that are left, in their operator's layout.
    """
    fixed = np.where(~kept_in & x.constant, x.low - on.quant(on.input(0)).zero_point, 0)
    extra = (weights.sum(axis=1, dtype=np.int64) @ fixed)[kept_out]
    return {1: cut_weights(on, cut, kept_out, axis), **cut_bias(on, kept_out, extra)}


def _cut(quant: Quantization, kept: Mask, axis: int) -> Quantization:
    if len(quant.scales) == 1:
        return quant
    scales = tuple(s for s, k in zip(quant.scales, kept, strict=True) if k)
    points = quant.zero_points if len(quant.zero_points) == 1 else tuple(p for p, k in zip(quant.zero_points, kept, strict=True) if k)
    return Quantization(scales, points, axis)


def regrouped(mask: Array, count: int) -> Array | None:
    """Per-channel facts of a tensor under a shape whose last axis has `count` elements: [repeats, channels], or None where channels mix.

    Row r belongs to the r-th time that the smaller of the two axes fits into the larger.
    """
    if count % len(mask) == 0:
        return np.tile(mask, (count // len(mask), 1))
    if len(mask) % count == 0:
        return mask.reshape(-1, count)
    return None
