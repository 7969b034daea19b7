"""Random models of operators that sum products, of normalizations, and of PRELU and DIV."""

from __future__ import annotations

import numpy as np

from tests.python.single_op import (
    ACTIVATIONS,
    Generator,
    Sample,
    maker,
    output_scale,
    pick,
    quantized,
    scale,
    values,
    weights_and_bias,
    window,
    zero_point,
)
from tests.python.single_op_copy import Mover, shape_of
from tests.python.single_op_pairs import broadcast_shapes, elements, feed
from tests.python.tflite_builder import Model


@maker
def prelu(rng: Generator) -> Sample:
    m = Model()
    kind = str(rng.choice(["int8", "int8", "float32"]))
    shapes = broadcast_shapes(rng, most=4)
    shapes[0] = np.broadcast_shapes(*shapes)
    x_scale, alpha_scale = scale(rng, -8, 0), scale(rng, -9, -4)
    arrays = [elements(rng, kind, s) for s in shapes]
    operands, inputs, fed = feed(rng, m, arrays, [(x_scale, zero_point(rng)), (alpha_scale, zero_point(rng))])
    y_scale = float(np.float32(x_scale * 2.0 ** rng.uniform(-4, 4)))
    y = m.tensor(shapes[0], kind, y_scale, zero_point(rng)) if kind == "int8" else m.tensor(shapes[0], kind)
    m.operator("PRELU", operands, [y])
    return Sample(m.build(inputs, [y]), tuple(fed), f"PRELU {kind} {shapes}")


@maker
def div(rng: Generator) -> Sample:
    m = Model()
    kind = str(rng.choice(["int8", "int8", "float32"]))
    shapes = broadcast_shapes(rng)
    a, b = (elements(rng, kind, s) for s in shapes)
    zeros = [zero_point(rng) for _ in range(3)]
    none = zeros[1] if kind == "int8" else 0  # division by 0 is left open by the interpreter
    b = np.where(b == none, np.array(none + (1 if none < 127 else -1)), b).astype(b.dtype)
    a_scale, b_scale = scale(rng, -6, 0), scale(rng, -6, 0)
    # The interpreter shifts by more than 31 bits where a quotient rounds to 0 and the ratio of scales is below 2^6.
    y_scale = float(np.float32(a_scale / b_scale / 2.0 ** rng.uniform(6.1, 9)))
    operands, inputs, fed = feed(rng, m, [a, b], [(a_scale, zeros[0]), (b_scale, zeros[1])])
    shape = np.broadcast_shapes(*shapes)
    y = m.tensor(shape, kind, y_scale, zeros[2]) if kind == "int8" else m.tensor(shape, kind)
    activation = int(rng.choice(ACTIVATIONS))
    m.operator("DIV", operands, [y], "DivOptions", FusedActivationFunction=activation)
    return Sample(m.build(inputs, [y]), tuple(fed), f"DIV {kind} {shapes} activation {activation}, {a_scale} / {b_scale} -> {y_scale}")


@maker
def log_softmax(rng: Generator) -> Sample:
    m = Model()
    rows, depth = pick(rng, 1, 3), pick(rng, 1, 30)
    x_scale = scale(rng, -8, 3)
    x = m.tensor((rows, depth), "int8", x_scale, zero_point(rng))
    y = m.tensor((rows, depth), "int8", 1 / 16, 127)
    m.operator("LOG_SOFTMAX", [x], [y], "LogSoftmaxOptions")
    data = values(rng, (rows, depth)) if rng.random() < 0.7 else rng.integers(-5, 6, size=(rows, depth), dtype=np.int8)
    return Sample(m.build([x], [y]), (data,), f"{rows}x{depth}, {x_scale}")


@maker
def l2_normalization(rng: Generator) -> Sample:
    b = Mover(rng)
    shape = (*shape_of(rng, 1, 2), pick(rng, 1, 200))
    x = b.input(shape)
    y = b.m.tensor(shape, "int8", 1 / 128, 0) if b.kind == "int8" else b.m.tensor(shape, b.kind)
    b.m.operator("L2_NORMALIZATION", [x], [y], "L2NormOptions")
    return Sample(b.m.build([x], [y]), tuple(b.data), f"L2_NORMALIZATION {b.kind} {shape}")


@maker
def batch_matmul(rng: Generator, kind: str = "") -> Sample:
    m = Model()
    kind = kind or str(rng.choice(["int8", "int8", "float32"]))
    rows, depth, columns = pick(rng, 1, 6), pick(rng, 1, 20), pick(rng, 1, 6)
    adj_x, adj_y = bool(rng.random() < 0.4), bool(rng.random() < 0.4)
    batch = tuple(pick(rng, 1, 3) for _ in range(pick(rng, 0, 2)))
    batches = [tuple(1 if rng.random() < 0.3 else d for d in batch) for _ in range(2)]
    shapes = [
        (*batches[0], *((depth, rows) if adj_x else (rows, depth))),
        (*batches[1], *((columns, depth) if adj_y else (depth, columns))),
    ]
    a_scale, b_scale = scale(rng, -8, 0), scale(rng, -8, 0)
    arrays = [elements(rng, kind, s) for s in shapes]
    operands, inputs, fed = feed(rng, m, arrays, [(a_scale, zero_point(rng, kind)), (b_scale, zero_point(rng, kind))])
    out = (*np.broadcast_shapes(*batches), rows, columns)
    reach = depth**0.5 * (64 if kind == "int8" else 1 << 14)
    y_scale = float(np.float32(a_scale * b_scale * reach * 2.0 ** rng.uniform(-2, 4)))
    y = m.tensor(out, kind, *quantized(kind, y_scale, zero_point(rng, kind)))
    m.operator("BATCH_MATMUL", operands, [y], "BatchMatMulOptions", AdjX=adj_x, AdjY=adj_y)
    return Sample(m.build(inputs, [y]), tuple(fed), f"BATCH_MATMUL {kind} {shapes} {adj_x} {adj_y}")


@maker
def transpose_conv(rng: Generator, dtype: str = "int8") -> Sample:
    m = Model()
    batch, height, width, depth, channels = pick(rng, 1, 2), pick(rng, 1, 7), pick(rng, 1, 7), pick(rng, 1, 5), pick(rng, 1, 5)
    same = bool(rng.random() < 0.5)
    while True:
        (kh, sh, dh, oh), (kw, sw, dw, ow) = window(rng, height, same), window(rng, width, same)
        if dh == dw == 1:
            break
    x_scale = scale(rng)
    x = m.tensor((batch, oh, ow, depth), dtype, x_scale, zero_point(rng, dtype))
    bias_type = "int32" if dtype == "int8" else "int64"
    rest, scales, kind = weights_and_bias(rng, m, (channels, kh, kw, depth), 0, x_scale, bias_type=bias_type)
    to = m.tensor((4,), "int32", data=np.array([batch, height, width, channels], dtype=np.int32))
    y_scale = output_scale(rng, x_scale, scales, kh * kw * depth, dtype)
    y = m.tensor((batch, height, width, channels), dtype, y_scale, zero_point(rng, dtype))
    options = {"StrideH": sh, "StrideW": sw, "Padding": 0 if same else 1}
    m.operator("TRANSPOSE_CONV", [to, rest[0], x, *rest[1:]], [y], "TransposeConvOptions", **options)
    what = f"{batch}x{oh}x{ow}x{depth} to {height}x{width} by {channels}x{kh}x{kw} {options} {kind}"
    return Sample(m.build([x], [y]), (values(rng, (batch, oh, ow, depth), dtype),), what)


@maker
def l2_pool_2d(rng: Generator) -> Sample:
    m = Model()
    batch, height, width, depth = pick(rng, 1, 2), pick(rng, 1, 7), pick(rng, 1, 7), pick(rng, 1, 4)
    same = bool(rng.random() < 0.5)
    while True:
        (kh, sh, dh, oh), (kw, sw, dw, ow) = window(rng, height, same), window(rng, width, same)
        if dh == dw == 1:
            break
    x, y = m.tensor((batch, height, width, depth), "float32"), m.tensor((batch, oh, ow, depth), "float32")
    options = {"StrideH": sh, "StrideW": sw, "FilterHeight": kh, "FilterWidth": kw, "Padding": 0 if same else 1}
    activation = int(rng.choice(ACTIVATIONS))
    m.operator("L2_POOL_2D", [x], [y], "Pool2DOptions", FusedActivationFunction=activation, **options)
    data = elements(rng, "float32", (batch, height, width, depth))
    return Sample(m.build([x], [y]), (data,), f"{batch}x{height}x{width}x{depth} {options} activation {activation}")
