"""Dropped channels: what is left of every tensor is bit for bit what the interpreter computes, and less is computed."""

from __future__ import annotations

import numpy as np
import pytest

from stator.data.archives import available, data_folder, unpacked
from stator.frontends import load
from stator.frontends.tflite import read
from stator.ir import Graph
from stator.ops import Array, Operands, run_reference
from stator.passes import optimise
from stator.passes.drop_channels import _bounds
from stator.passes.verify import verify
from stator.schedule import macs
from tests.python.conv_graphs import Stack, pruned

SEEDS = range(40)


def left(graph: Graph, tensor: int, values: Array) -> Array:
    """Of a whole tensor, the part that a pass has left."""
    return values[..., graph.channels[tensor]] if tensor in graph.channels else values


def random_input(graph: Graph, rng: np.random.Generator) -> Array:
    return rng.integers(-128, 128, graph.tensors[graph.inputs[0]].type.shape, dtype=np.int8)


def assert_survivors_equal(before: Graph, after: Graph, x: Array) -> None:
    whole, rest = run_reference(before, [x]), run_reference(after, [x])
    for node in after.nodes:
        for tensor in node.outputs:
            np.testing.assert_array_equal(rest[tensor], left(after, tensor, whole[tensor]), err_msg=f"node {node.index} {node.op.name}")


def test_random_pruned_models_keep_every_surviving_element() -> None:
    dropped = sums = 0
    for seed in SEEDS:
        before = read(pruned(seed), f"pruned{seed}")
        after = optimise(before)
        verify(after)
        assert macs(after) <= macs(before)
        dropped += len(after.channels)
        sums += sum(node.op.name == "ADD" and node.outputs[0] in after.channels for node in after.nodes)
        rng = np.random.default_rng(seed)
        extremes = [np.full_like(random_input(before, rng), v) for v in (-128, 127)]
        for x in (random_input(before, rng), *extremes):
            assert_survivors_equal(before, after, x)
    assert dropped > 2 * len(SEEDS) and sums >= 3  # there was something to prove


def test_random_pruned_models_equal_the_interpreter() -> None:
    from tests.python.oracle import Oracle

    for seed in SEEDS[:20]:
        data = pruned(seed)
        before = read(data, f"pruned{seed}")
        x = random_input(before, np.random.default_rng(seed))
        got = run_reference(optimise(before), [x])[before.outputs[0]]
        np.testing.assert_array_equal(got, Oracle(data).run([x])[0], err_msg=f"seed {seed}")


def test_bounds_hold_for_every_value() -> None:
    for seed in SEEDS[:20]:
        graph = read(pruned(seed), f"pruned{seed}")
        bounds, rng = _bounds(graph), np.random.default_rng(seed)
        for x in (random_input(graph, rng), np.full_like(random_input(graph, rng), -128)):
            for index, values in run_reference(graph, [x]).items():
                if not graph.tensors[index].constant:
                    flat = values.reshape(-1, values.shape[-1])
                    assert (flat.min(axis=0) >= bounds[index].low).all() and (flat.max(axis=0) <= bounds[index].high).all()


def run_with_noise(graph: Graph, after: Graph, x: Array, rng: np.random.Generator) -> dict[int, Array]:
    """Runs the whole graph, with noise in every dropped channel that moves, as soon as it is computed."""
    bounds = _bounds(graph)
    values: dict[int, Array] = {t.index: t.data for t in graph.tensors.values() if t.data is not None} | {graph.inputs[0]: x}
    for node in graph.nodes:
        on = Operands.of(graph, node)
        results = node.op.reference(on, *(values[i] if i >= 0 else None for i in node.inputs))
        for index, result in zip(node.outputs, results, strict=True):
            values[index] = result.copy()
            if index in after.channels:
                lost = np.setdiff1d(np.flatnonzero(~bounds[index].constant), after.channels[index])
                values[index][..., lost] = rng.integers(-128, 128, (*result.shape[:-1], len(lost)), dtype=np.int8)
    return values


def test_noise_in_dropped_channels_changes_nothing() -> None:
    noisy = 0
    for seed in SEEDS:
        before = read(pruned(seed), f"pruned{seed}")
        after, rng = optimise(before), np.random.default_rng(seed)
        x = random_input(before, rng)
        want, got = run_reference(before, [x]), run_with_noise(before, after, x, rng)
        for node in after.nodes:
            (tensor,) = node.outputs
            np.testing.assert_array_equal(left(after, tensor, got[tensor]), left(after, tensor, want[tensor]))
        noisy += sum(not np.array_equal(got[t], want[t]) for t in after.channels)
    assert noisy > len(SEEDS)


def constant_channel(*, same: bool, zero_point: int) -> Graph:
    """A layer whose channel 1 always holds real 1.5, and a 3x3 convolution over it."""
    stack = Stack(3)
    m = stack.model
    data = np.array([[[[7, -9, 3]]], [[[0, 0, 0]]]], dtype=np.int8)
    bias = m.tensor((2,), "int32", [0.05 * 0.01] * 2, [0, 0], data=np.array([0, 3000], dtype=np.int32))
    middle = m.tensor((1, 7, 6, 2), "int8", 0.05, zero_point)
    m.operator(
        "CONV_2D", [stack.x, m.tensor(data.shape, "int8", 0.01, 0, data=data), bias], [middle], "Conv2DOptions", StrideH=1, StrideW=1
    )
    weights = np.random.default_rng(0).integers(-60, 61, (4, 3, 3, 2), dtype=np.int8)
    y = m.tensor((1, 7, 6, 4) if same else (1, 5, 4, 4), "int8", 0.3, 3)
    reads = [middle, m.tensor(weights.shape, "int8", 0.01, 0, data=weights)]
    m.operator("CONV_2D", reads, [y], "Conv2DOptions", StrideH=1, StrideW=1, Padding=0 if same else 1)
    return read(m.build([stack.input], [y]), "constant")


def test_constant_channel_moves_into_the_bias_only_without_padding() -> None:
    x = random_input(constant_channel(same=False, zero_point=-5), np.random.default_rng(0))
    folded, padded = (constant_channel(same=same, zero_point=-5) for same in (False, True))
    after = optimise(folded)
    assert [list(kept) for kept in after.channels.values()] == [[0]]
    assert len(after.nodes[1].inputs) == 3  # it had no bias before
    assert_survivors_equal(folded, after, x)
    assert optimise(padded) is padded or not optimise(padded).channels


def test_activation_that_hides_every_value_makes_a_constant() -> None:
    """ReLU over a bias that no input can outweigh: the channel is the zero point, though its weights are not zero."""
    stack = Stack(5)
    m = stack.model
    data = np.array([[[[7, -9, 3]]], [[[1, 0, 1]]]], dtype=np.int8)
    bias = m.tensor((2,), "int32", [0.05 * 0.01] * 2, [0, 0], data=np.array([0, -3000], dtype=np.int32))
    middle, y = m.tensor((1, 7, 6, 2), "int8", 0.05, -128), m.tensor((1, 7, 6, 3), "int8", 0.3, 3)
    first = [stack.x, m.tensor(data.shape, "int8", 0.01, 0, data=data), bias]
    m.operator("CONV_2D", first, [middle], "Conv2DOptions", StrideH=1, StrideW=1, FusedActivationFunction=1)
    weights = np.random.default_rng(0).integers(-60, 61, (3, 3, 3, 2), dtype=np.int8)
    second = [middle, m.tensor(weights.shape, "int8", 0.01, 0, data=weights)]
    m.operator("CONV_2D", second, [y], "Conv2DOptions", StrideH=1, StrideW=1)
    before = read(m.build([stack.input], [y]), "hidden")
    after = optimise(before)
    assert {t: list(kept) for t, kept in after.channels.items()} == {middle: [0]}
    assert_survivors_equal(before, after, random_input(before, np.random.default_rng(0)))


@pytest.mark.data
@pytest.mark.skipif(not available("mlperf_tiny"), reason=f"no mlperf_tiny in {data_folder()} (STATOR_DATA)")
def test_person_detector_needs_half_the_work_and_a_seventh_of_the_weights() -> None:
    from tests.python.oracle import Oracle

    path = unpacked("mlperf_tiny") / "models" / "vww_96_int8.tflite"
    before = load(path)
    after = optimise(before)
    assert macs(before) == 7_489_664 and macs(after) <= 3_797_000
    weights = {
        i for n in after.nodes for i in n.inputs if i >= 0 and after.tensors[i].type.dtype.value == "int8" and after.tensors[i].constant
    }
    assert sum(after.tensors[i].type.bytes for i in weights) <= 36_843
    oracle = Oracle(path.read_bytes(), layers=True)
    for x in (random_input(before, np.random.default_rng(0)), np.zeros_like(random_input(before, np.random.default_rng(0)))):
        want = oracle.run([x])[0]
        got = run_reference(after, [x])
        np.testing.assert_array_equal(got[after.outputs[0]], want)
        for node in after.nodes:
            (tensor,) = node.outputs
            whole = oracle.tensor(tensor).reshape(before.tensors[tensor].type.shape)
            np.testing.assert_array_equal(got[tensor], left(after, tensor, whole), err_msg=f"node {node.index} {node.op.name}")
