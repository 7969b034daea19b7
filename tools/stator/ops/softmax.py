"""SOFTMAX over the last axis, in fixed point: exp of the distance to the row's maximum, times the reciprocal of their sum.

The formats are Qi.f with i integer and f fractional bits. The polynomials and constants are those of the arithmetic that TFLite
specifies for INT8 softmax; the C twin is firmware/kernels/softmax/softmax_ref.c. INT16 takes exponentials and the reciprocal from tables
with straight lines between the entries (firmware/kernels/wide_softmax/).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.libm import libm
from stator.numerics import doubling_high_mul, quantize_multiplier, rounding_shift_right
from stator.ops import Array, Constant, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._fixed_point import exp_of_negative, reciprocal
from stator.ops._reduce import summed
from stator.ops._types import QUANTIZED, integer_range, one_type
from stator.ops._wide_softmax import wide_softmax, wide_tables

#: The sum of exponentials is Q12.19; this many ones do not overflow it.
MAX_DEPTH = 4095

_SCALED_DIFF_BITS = 5  # distances are Q5.26
_SUM_BITS = 12


@operator("SOFTMAX", options="SoftmaxOptions")
@dataclass(frozen=True, slots=True)
class Softmax(Operator):
    beta: float

    @classmethod
    def from_tflite(cls, options: Options) -> Softmax:
        return cls(options.real("Beta"))

    def scaling(self, on: Operands) -> tuple[int, int, int]:
        """Multiplier and left shift that take a distance to Q5.26, and the distance beyond which exp is zero."""
        real = min(self.beta * on.quant(on.input(0)).scale * (1 << (31 - _SCALED_DIFF_BITS)), 2.0**31 - 1)
        if not real > 1:
            raise Refusal(f"beta {self.beta} times the input's scale is too small", remedy="calibrate with real data")
        multiplier, shift = quantize_multiplier(real / 2) if real >= 2**30 else quantize_multiplier(real)
        shift += real >= 2**30
        furthest = (((1 << _SCALED_DIFF_BITS) - 1) << (31 - _SCALED_DIFF_BITS)) >> shift
        return multiplier, shift, -furthest

    def wide_scaling(self, on: Operands) -> tuple[int, int]:
        """Multiplier and shift that take a distance of INT16 to -65535 for -10."""
        real = on.quant(on.input(0)).scale * self.beta / (10.0 / 65535.0)
        try:
            return quantize_multiplier(real)
        except ValueError as error:
            raise Refusal(f"beta {self.beta} times the input's scale gives {error}", remedy="calibrate with real data") from None

    def check(self, on: Operands) -> None:
        to_wide = (on.input(0).type.dtype, on.output.type.dtype) == (DType.INT8, DType.INT16)
        dtype = one_type(on, (on.input(0), *(() if to_wide else (on.output,))), (*QUANTIZED, DType.FLOAT32))
        if not on.input(0).type.shape or on.input(0).type.shape[-1] > MAX_DEPTH:
            raise Refusal(f"softmax over shape {list(on.input(0).type.shape)}", remedy=f"use 1..{MAX_DEPTH} classes", unsupported=True)
        if dtype is DType.FLOAT32:
            return
        out = on.quant(on.output)
        if dtype is DType.INT16:
            if abs(out.scale - 1 / 32768) > 0.001 / 32768:
                raise Refusal("the output must have scale 2^-15", unsupported=True)
            self.wide_scaling(on)
            return
        if to_wide and (abs(out.scale - 1 / 65536) > 0.001 / 65536 or out.zero_point != -32768):
            raise Refusal("an output of INT16 must have scale 1/65536 and zero point -32768", unsupported=True)
        if not to_wide and (out.scale, out.zero_point) != (1 / 256, -128):
            raise Refusal("the output must have scale 1/256 and zero point -128", unsupported=True)
        self.scaling(on)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        dtype, out = on.input(0).type.dtype, on.output.type
        return (TensorType(on.input(0).type.shape, DType.INT16 if dtype is DType.INT8 and out.dtype is DType.INT16 else dtype, out.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        x = inputs[0]
        assert x is not None
        if x.dtype == np.float32:
            reals = x.reshape(-1, x.shape[-1])
            with np.errstate(all="ignore"):
                e = libm("expf", (reals - reals.max(axis=1, keepdims=True)) * np.float32(self.beta))
                return ((e / summed(e)[:, None]).reshape(x.shape),)
        rows = x.reshape(-1, x.shape[-1]).astype(np.int64)
        diff = rows - rows.max(axis=1, keepdims=True)
        if x.dtype == np.int16:
            return (wide_softmax(diff, *self.wide_scaling(on)).astype(np.int16).reshape(x.shape),)
        multiplier, shift, furthest = self.scaling(on)
        near = diff >= furthest
        e = exp_of_negative(doubling_high_mul(np.where(near, diff, 0) << shift, multiplier), _SCALED_DIFF_BITS)
        total = np.where(near, rounding_shift_right(e, 12), 0).sum(axis=1, keepdims=True)
        scale, over = reciprocal(total, _SUM_BITS)
        bits, (low, high) = 8 * on.output.type.dtype.bytes, integer_range(on.output.type.dtype)
        y = rounding_shift_right(doubling_high_mul(scale, e), over + 31 - bits) + low
        return (np.where(near, np.clip(y, low, high), low).astype(on.output.type.dtype.numpy).reshape(x.shape),)

    def in_place(self, on: Operands) -> tuple[tuple[int, int], ...]:
        # Each element is read for the last time just before it is written.
        return ((0, 0),) if on.input(0).type.dtype is on.output.type.dtype else ()

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        depth = on.input(0).type.shape[-1]
        if on.input(0).type.dtype is DType.FLOAT32:
            return KernelCall(
                kernel="softmax_f32",
                header="real_softmax/real_softmax.h",
                struct="stator_real_softmax",
                outputs=(node.outputs[0],),
                inputs=(node.inputs[0],),
                params=(("rows", on.input(0).type.elements // depth), ("depth", depth), ("beta", self.beta)),
            )
        if on.input(0).type.dtype is DType.INT16:
            multiplier, shift = self.wide_scaling(on)
            exp, reciprocal = wide_tables()
            return KernelCall(
                kernel="softmax_s16",
                header="wide_softmax/wide_softmax.h",
                struct="stator_wide_softmax",
                outputs=(node.outputs[0],),
                inputs=(node.inputs[0],),
                params=(
                    ("exp", Constant("exp", "int16_t", exp)),
                    ("reciprocal", Constant("reciprocal", "int16_t", reciprocal)),
                    ("rows", on.input(0).type.elements // depth),
                    ("depth", depth),
                    ("multiplier", multiplier),
                    ("shift", shift),
                ),
            )
        multiplier, shift, furthest = self.scaling(on)
        return KernelCall(
            kernel="softmax_s8" if on.output.type.dtype is DType.INT8 else "softmax_s8_s16",
            header="softmax/softmax.h",
            struct="stator_softmax",
            outputs=(node.outputs[0],),
            inputs=(node.inputs[0],),
            params=(
                ("rows", on.input(0).type.elements // depth),
                ("depth", depth),
                ("multiplier", multiplier),
                ("left_shift", shift),
                ("furthest", furthest),
            ),
        )
