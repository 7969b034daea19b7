"""What convolutions and matrix products share: weights, bias and the scale of each output channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stator.ir import DType, Quantization, Tensor
from stator.numerics import INT32_MAX, pack, quantize_multipliers, requantize, requantize_wide
from stator.ops import TO_INT8, Array, Constant, Operands, Refusal, Value
from stator.ops._activation import Activation, activation_range
from stator.ops._types import SUFFIXES

Multipliers = tuple[Array, Array]

#: What to do about a hybrid model.
NO_HYBRID = "quantize activations too: compile --calibrate DIR does it, best with the float model that this one was made from"


def symmetric(on: Operands, channels_axis: int, types: Sequence[DType] = (DType.INT8,)) -> Quantization:
    """The weights' quantization: of `types`, zero points 0, one scale or one per output channel."""
    weights = on.input(1)
    if weights.type.dtype not in types:
        raise Refusal(
            f"weights '{weights.name}' are {weights.type.dtype.value}, and {' or '.join(t.name for t in types)} is needed",
            remedy=TO_INT8,
            unsupported=True,
        )
    quant = weights.type.quant
    if quant is None:
        raise Refusal(f"weights '{weights.name}' have no scale", remedy="quantize the whole model to INT8")
    if any(quant.zero_points):
        raise Refusal(
            f"weights '{weights.name}' have a zero point other than 0", remedy="use symmetric weights, the default", unsupported=True
        )
    channels = weights.type.shape[channels_axis]
    if len(quant.scales) != 1 and (len(quant.scales) != channels or quant.axis != channels_axis):
        raise Refusal(
            f"weights '{weights.name}' have {len(quant.scales)} scales along dimension {quant.axis}, "
            f"and {channels} along dimension {channels_axis} are needed"
        )
    return quant


#: Which biases belong to which inputs.
_BIASES = {DType.INT8: (DType.INT32,), DType.INT16: (DType.INT32, DType.INT64), DType.FLOAT32: (DType.FLOAT32,)}


def bias_values(on: Operands, channels: int) -> Array | None:
    """The bias [channels], or None where there is none: int32, and for INT16 inputs mostly int64."""
    bias = on.optional(2)
    if bias is None:
        return None
    values = on.constant(2, "biases")
    allowed = _BIASES[on.input(0).type.dtype]
    if bias.type.dtype not in allowed:
        needed = " or ".join(dtype.name for dtype in allowed)
        raise Refusal(f"bias '{bias.name}' is {bias.type.dtype.value}, and {needed} is needed", unsupported=True)
    if bias.type.elements != channels:
        raise Refusal(f"bias '{bias.name}' has {bias.type.elements} values for {channels} output channels")
    return values.reshape(-1)


def channel_multipliers(on: Operands, channels: int, *, product_in_float32: bool = False) -> Multipliers:
    """Multiplier (int32) and shift (int8) that take each channel's accumulator to the output's scale.

    One element where the weights have one scale and `product_in_float32`, which says how that one scale is formed.
    """
    quant = on.input(1).type.quant
    assert quant is not None
    input_scale, output_scale = on.quant(on.input(0)).scale, on.quant(on.output).scale
    if len(quant.scales) == 1 and product_in_float32:
        with np.errstate(over="ignore"):
            ratios = np.array([float(np.float32(input_scale) * np.float32(quant.scale)) / output_scale])
    else:
        ratios = input_scale * np.broadcast_to(np.array(quant.scales), (channels,)) / output_scale
    try:
        multiplier, shift = quantize_multipliers(ratios)
    except ValueError as error:
        raise Refusal(f"scales of input, weights and output give {error}", remedy="calibrate with real data") from None
    return multiplier.astype(np.int32), shift.astype(np.int8)


def real_weights(on: Operands, channels: int) -> None:
    """Refuses weights and biases of a float input that are not floats."""
    weights = on.input(1)
    if weights.type.dtype is not DType.FLOAT32:
        raise Refusal(
            f"weights '{weights.name}' are {weights.type.dtype.value} beside float activations, a hybrid model (dynamic range)",
            remedy=NO_HYBRID,
            unsupported=True,
        )
    bias_values(on, channels)


def wide(on: Operands) -> bool:
    """Whether sums have 64 bits, and are rescaled by the rule for those: INT16 activations, unless their bias is INT32."""
    bias = on.optional(2)
    return on.input(0).type.dtype is DType.INT16 and (bias is None or bias.type.dtype is DType.INT64)


#: What rescaling of wide sums takes: 2^47 and shifts below 8.
_WIDE_MAX, _WIDE_SHIFT = (1 << 47) - 1, 8


def accumulator_fits(weights: Array, bias: Array | None, input_zero_point: int, bits: int = 8, limit: int = INT32_MAX) -> Array:
    """Refuses channels whose accumulator could leave int32, or go beyond `limit`, for some input of so many bits.

    weights: [channels, products]. Returns how far each can reach: int64 [channels].
    """
    reach = max((1 << (bits - 1)) - 1 - input_zero_point, input_zero_point + (1 << (bits - 1)))
    worst: Array = np.abs(weights.astype(np.int16)).sum(axis=1, dtype=np.int64) * reach
    if bias is not None:
        worst = worst + np.minimum(np.abs(bias.astype(np.float64)), 2.0**62).astype(np.int64)
    if worst.size and int(worst.max()) > limit:
        raise Refusal(
            f"the accumulator of output channel {int(worst.argmax())} can overflow: it can reach {int(worst.max()):,}",
            remedy="check the biases, which are far beyond what training gives",
        )
    return worst


def products_fit(on: Operands, weights: Array, bias: Array | None, multipliers: Multipliers) -> None:
    """Refuses channels whose accumulator could overflow for some input, or its rescaled value. weights: [channels, products]."""
    if wide(on):
        sum_fits(weights, bias, on.input(0), *multipliers)
    else:
        accumulator_fits(weights, bias, on.quant(on.input(0)).zero_point, 8 * on.input(0).type.dtype.bytes)


def sum_fits(weights: Array, bias: Array | None, x: Tensor, multiplier: Array | int, shift: Array | int) -> None:
    """The same of weights with an INT8 `x`, whose sums have 32 bits, or an INT16 one, whose sums have 64."""
    zero_point = x.type.quant.zero_point if x.type.quant else 0
    if x.type.dtype is DType.INT8:
        accumulator_fits(weights, bias, zero_point)
    else:
        rescaled_fits(accumulator_fits(weights, bias, zero_point, 16, _WIDE_MAX), multiplier, shift)


def rescaled_fits(worst: Array, multiplier: Array | int, shift: Array | int) -> None:
    """Refuses scales at which a sum of 64 bits that is as large as it can be does not fit 32 bits when it is rescaled."""
    if int(np.max(shift)) >= _WIDE_SHIFT or int(requantize_wide(worst, multiplier, shift).max()) > INT32_MAX:
        raise Refusal("the output's scale is too small for its input and weights", remedy="calibrate with real data")


def rescale(on: Operands, acc: Array, channels: int, multipliers: Multipliers, activation: Activation) -> Array:
    """The output, from the sums of products without bias; their last axis is the output channels."""
    bias = bias_values(on, channels)
    acc = acc if bias is None else acc + bias
    y = (requantize_wide if wide(on) else requantize)(acc, *multipliers) + on.quant(on.output).zero_point
    result: Array = np.clip(y, *output_range(on, activation)).astype(on.output.type.dtype.numpy)
    return result.reshape(on.output.type.shape)


def output_range(on: Operands, activation: Activation) -> tuple[int, int]:
    """Smallest and largest value that the activation lets through, in the output's type."""
    return activation_range(activation, on.quant(on.output), 8 * on.output.type.dtype.bytes)


def types(on: Operands) -> str:
    """The end of a kernel's name: the element types of input and weights, one where they are the same."""
    return "_".join(dict.fromkeys((SUFFIXES[on.input(0).type.dtype], SUFFIXES[on.input(1).type.dtype])))


def tables(on: Operands, channels: int, multipliers: Multipliers, run_axes: int = 1) -> tuple[tuple[str, Value], ...]:
    """Weights, bias and scales as a kernel's parameters. INT4 weights are packed: each run of the last `run_axes` axes starts a byte."""
    bias, weights = bias_values(on, channels), on.constant(1, "weights")
    if on.input(1).type.dtype is DType.INT4:
        weights = pack(weights.reshape(*weights.shape[: weights.ndim - run_axes], -1))
    return (
        ("weights", Constant("weights", "int8_t", weights)),
        ("bias", None if bias is None else Constant("bias", f"{bias.dtype}_t", bias)),
        ("multiplier", Constant("multiplier", "int32_t", multipliers[0])),
        ("shift", Constant("shift", "int8_t", multipliers[1])),
    )


def ends(on: Operands, activation: Activation) -> tuple[tuple[str, Value], ...]:
    """Zero points and the output's range as a kernel's parameters."""
    return (
        ("input_zero_point", on.quant(on.input(0)).zero_point),
        ("output_zero_point", on.quant(on.output).zero_point),
        *limits(on, activation),
    )


def limits(on: Operands, activation: Activation) -> tuple[tuple[str, Value], ...]:
    """The output's range as a kernel's parameters."""
    low, high = output_range(on, activation)
    return (("activation_min", low), ("activation_max", high))
