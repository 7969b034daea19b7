"""BATCH_MATMUL: products of matrices, either of which may be given transposed; the batches broadcast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stator.ir import DType, Node, TensorType
from stator.numerics import requantize, requantize_wide
from stator.ops import Array, KernelCall, Operands, Operator, Options, Refusal, operator
from stator.ops._pairs import broadcast_shape, scaled, walk
from stator.ops._types import QUANTIZED, SUFFIXES, integer_range, one_type
from stator.ops._weights import rescaled_fits

#: The sum of this many products fits 32 bits.
MAX_DEPTH = 33025


@operator("BATCH_MATMUL", options="BatchMatMulOptions")
@dataclass(frozen=True, slots=True)
class BatchMatmul(Operator):
    adj_x: bool
    adj_y: bool

    @classmethod
    def from_tflite(cls, options: Options) -> BatchMatmul:
        return cls(options.flag("AdjX"), options.flag("AdjY"))

    def _sizes(self, on: Operands) -> tuple[int, int, int]:
        """Rows, depth and columns."""
        a, b = on.input(0).type.shape, on.input(1).type.shape
        if len(a) < 2 or len(b) < 2:
            raise Refusal(f"shapes {list(a)} and {list(b)} are no matrices")
        rows, depth = (a[-1], a[-2]) if self.adj_x else (a[-2], a[-1])
        depth_b, columns = (b[-1], b[-2]) if self.adj_y else (b[-2], b[-1])
        if depth != depth_b or depth > MAX_DEPTH:
            raise Refusal(f"matrices {list(a)} and {list(b)} do not fit, or have sums of more than {MAX_DEPTH:,} products")
        return rows, depth, columns

    def _scaling(self, on: Operands) -> tuple[int, int]:
        a, b, y = on.quant(on.input(0)).scale, on.quant(on.input(1)).scale, on.quant(on.output).scale
        with np.errstate(all="ignore"):
            return scaled(float(np.float32(a) * np.float32(b)) / y, f"scales {a} * {b} -> {y}")

    def check(self, on: Operands) -> None:
        dtype = one_type(on, (on.input(0), on.input(1), on.output), (*QUANTIZED, DType.FLOAT32))
        _, depth, _ = self._sizes(on)
        if dtype is not DType.FLOAT32:
            multiplier, shift = self._scaling(on)
            if dtype is DType.INT16:
                rescaled_fits(np.array([depth << 30]), multiplier, shift)

    def infer(self, on: Operands) -> tuple[TensorType, ...]:
        rows, _, columns = self._sizes(on)
        batches = broadcast_shape((on.input(0).type.shape[:-2], on.input(1).type.shape[:-2]))
        return (TensorType((*batches, rows, columns), on.input(0).type.dtype, on.output.type.quant),)

    def reference(self, on: Operands, *inputs: Array | None) -> tuple[Array, ...]:
        a, b = inputs
        assert a is not None and b is not None
        a = a.swapaxes(-1, -2) if self.adj_x else a
        b = b.swapaxes(-1, -2) if self.adj_y else b
        if a.dtype == np.float32:
            total = np.zeros(on.output.type.shape, dtype=np.float32)
            with np.errstate(all="ignore"):
                for k in range(a.shape[-1]):  # one after the other, as the kernel does
                    total = total + a[..., :, k : k + 1] * b[..., k : k + 1, :]
            return (total,)
        x, y = a.astype(np.float64) - on.quant(on.input(0)).zero_point, b.astype(np.float64) - on.quant(on.input(1)).zero_point
        dtype = on.output.type.dtype
        rescaled = (requantize_wide if dtype is DType.INT16 else requantize)((x @ y).astype(np.int64), *self._scaling(on))
        total = np.clip(rescaled + on.quant(on.output).zero_point, *integer_range(dtype))
        return (total.astype(dtype.numpy).reshape(on.output.type.shape),)

    def macs(self, on: Operands) -> int:
        return on.output.type.elements * self._sizes(on)[1]

    def kernel(self, node: Node, on: Operands) -> KernelCall:
        rows, depth, columns = self._sizes(on)
        dtype = on.output.type.dtype
        # Strides between matrices: those of one-element "matrices", times a matrix's size.
        over = walk((on.input(0).type.shape[:-2] or (1,), on.input(1).type.shape[:-2] or (1,)))
        quantized: tuple[tuple[str, int], ...] = ()
        if dtype is not DType.FLOAT32:
            multiplier, shift = self._scaling(on)
            quantized = (
                ("a_zero_point", on.quant(on.input(0)).zero_point),
                ("b_zero_point", on.quant(on.input(1)).zero_point),
                ("multiplier", multiplier),
                ("shift", shift),
                ("output_zero_point", on.quant(on.output).zero_point),
            )
        return KernelCall(
            kernel=f"batch_matmul_{SUFFIXES[dtype]}",
            header="batch_matmul/batch_matmul.h",
            struct="stator_batch_matmul",
            outputs=node.outputs,
            inputs=node.inputs[:2],
            params=(
                ("batches.rank", len(over.sizes)),
                ("batches.size", over.sizes),
                ("batches.a_stride", tuple(s * rows * depth for s in over.strides[0])),
                ("batches.b_stride", tuple(s * depth * columns for s in over.strides[1])),
                ("rows", rows),
                ("columns", columns),
                ("depth", depth),
                ("a_row_stride", 1 if self.adj_x else depth),
                ("a_depth_stride", rows if self.adj_x else 1),
                ("b_column_stride", depth if self.adj_y else 1),
                ("b_depth_stride", 1 if self.adj_y else columns),
                *quantized,
            ),
        )
