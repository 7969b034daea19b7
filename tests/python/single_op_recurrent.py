"""Random models of operators that keep a state from run to run."""

from __future__ import annotations

import numpy as np

from tests.python.single_op import Generator, Sample, maker, pick, scale, values, zero_point
from tests.python.tflite_builder import Model


@maker
def svdf(rng: Generator) -> Sample:
    m = Model()
    batch, depth, units, rank, memory = pick(rng, 1, 2), pick(rng, 1, 12), pick(rng, 1, 5), pick(rng, 1, 2), pick(rng, 1, 6)
    kind = str(rng.choice(["int8", "int16"]))
    x_scale, feature_scale = scale(rng, -8, -2), scale(rng, -8, -4)
    reach = 127 if kind == "int8" else 32767
    state_scale = float(np.float32(x_scale * feature_scale * 127 * 64 * depth**0.5 / reach * 2.0 ** rng.uniform(-1, 2)))
    time_scale = scale(rng, -8, -4) if kind == "int8" else scale(rng, -18, -14)
    y_scale = float(np.float32(state_scale * time_scale * reach * 30 * 2.0 ** rng.uniform(-3, 3)))
    x = m.tensor((batch, depth), "int8", x_scale, zero_point(rng))
    filters = units * rank
    feature = m.tensor((filters, depth), "int8", feature_scale, 0, data=np.maximum(values(rng, (filters, depth)), -127))
    time_reach = 127 if kind == "int8" else 2000
    time = rng.integers(-time_reach, time_reach + 1, (filters, memory)).astype(kind)
    over_time = m.tensor(time.shape, kind, time_scale, 0, data=time)
    bias = rng.integers(-5000, 5001, units).astype(np.int32)
    biases = m.tensor((units,), "int32", float(np.float32(state_scale) * np.float32(time_scale)), 0, data=bias)
    state_zero = zero_point(rng) if kind == "int8" and rng.random() < 0.5 else 0
    state = m.tensor((batch, filters * memory), kind, state_scale, state_zero, variable=True)
    relu = bool(rng.random() < 0.3)
    y = m.tensor((batch, units), "int8", y_scale, -128 if relu else zero_point(rng))
    m.operator("SVDF", [x, feature, over_time, biases, state], [y], "SVDFOptions", Rank=rank, FusedActivationFunction=int(relu))
    return Sample(m.build([x], [y]), (values(rng, (batch, depth)),), f"{batch}x{depth} to {units} of rank {rank}, {memory} {kind}")


@maker
def unidirectional_sequence_lstm(rng: Generator, dtype: str = "int8") -> Sample:
    m = Model()
    batch, steps, depth, units = pick(rng, 1, 2), pick(rng, 1, 5), pick(rng, 1, 8), pick(rng, 1, 6)
    time_major = bool(rng.random() < 0.4)
    finer = 0 if dtype == "int8" else -8
    x_scale, hidden_scale = scale(rng, -7 + finer, -3 + finer), float(np.float32(2.0 ** (rng.uniform(-8, -6.8) + finer)))
    hidden_zero = pick(rng, -20, 20) if dtype == "int8" else 0
    shape = (steps, batch) if time_major else (batch, steps)
    x = m.tensor((*shape, depth), dtype, x_scale, zero_point(rng, dtype))

    def weights(columns: int) -> int:
        return m.tensor((units, columns), "int8", scale(rng, -8, -4), 0, data=rng.integers(-127, 128, (units, columns), dtype=np.int8))

    over_input, over_hidden = [weights(depth) for _ in range(4)], [weights(units) for _ in range(4)]
    biases = []
    for each in over_input:
        product = float(np.float32(x_scale) * np.float32(m.tensors[each].scales[0]))
        reach = max(int(2 / product), 1)
        kind = "int32" if dtype == "int8" else "int64"
        biases.append(m.tensor((units,), kind, product, 0, data=rng.integers(-reach, reach + 1, units).astype(kind)))
    hidden = m.tensor((batch, units), dtype, hidden_scale, hidden_zero, variable=True)
    cell = m.tensor((batch, units), "int16", 2.0 ** -pick(rng, 9, 14), 0, variable=True)
    y = m.tensor((*shape, units), dtype, hidden_scale, hidden_zero)
    clip = float(rng.choice([0.0, 0.0, 0.5, 10.0]))
    reads = [x, *over_input, *over_hidden, -1, -1, -1, *biases, -1, -1, hidden, cell, -1, -1, -1, -1]
    options = {"FusedActivationFunction": 4, "CellClip": clip, "TimeMajor": time_major}
    m.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", reads, [y], "UnidirectionalSequenceLSTMOptions", **options)
    what = f"{shape} steps of {depth} to {units}, {options}"
    return Sample(m.build([x], [y]), (values(rng, (*shape, depth), dtype),), what)
