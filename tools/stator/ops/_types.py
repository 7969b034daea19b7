"""Which element types an operator takes, beside INT8."""

from __future__ import annotations

from collections.abc import Collection

from stator.ir import DType, Tensor
from stator.ops import TO_INT8, Operands, Refusal

#: The end of a kernel's name for elements of a type. Bool is a byte, 0 or 1.
SUFFIXES = {
    DType.INT4: "s4",
    DType.INT8: "s8",
    DType.INT16: "s16",
    DType.INT32: "s32",
    DType.FLOAT32: "f32",
    DType.BOOL: "u8",
    DType.UINT8: "u8",
}

#: Numbers under a scale; INT16 has no zero point.
QUANTIZED = (DType.INT8, DType.INT16)

#: Whatever an activation can be: what operators that only move elements take.
ANY = tuple(dtype for dtype in DType if dtype is not DType.INT4)


def one_type(on: Operands, tensors: Collection[Tensor], allowed: Collection[DType]) -> DType:
    """The element type that all `tensors` have; refuses others than `allowed`. INT8 tensors must have one scale."""
    first, *_ = tensors
    dtype = first.type.dtype
    for tensor in tensors:
        if tensor.type.dtype not in allowed:
            raise Refusal(
                f"tensor '{tensor.name}' is {tensor.type.dtype.value}, and {' or '.join(sorted(d.value for d in allowed))} is needed",
                remedy=TO_INT8,
                unsupported=True,
            )
        if tensor.type.dtype is not dtype:
            raise Refusal(f"'{first.name}' is {dtype.value} and '{tensor.name}' is {tensor.type.dtype.value}")
        if dtype is DType.INT8:
            on.quant(tensor)
    return dtype


def integer_range(dtype: DType) -> tuple[int, int]:
    """The least and the greatest value of an integer type."""
    bits = 8 * dtype.bytes
    return (0, (1 << bits) - 1) if dtype is DType.UINT8 else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
