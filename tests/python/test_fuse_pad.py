"""PAD before a convolution: gone where the convolution can pad for itself, and every byte is as before."""

from __future__ import annotations

import numpy as np
import pytest

from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.ops import run_reference
from stator.passes import optimise
from tests.python.conv_graphs import Stack
from tests.python.test_emit import bare


def padded(seed: int) -> bytes:
    """Convolutions with a border before each, some of them too wide to be taken in."""
    stack = Stack(seed, (1, 7, 6, 3))
    rng = stack.rng
    for _ in range(3):
        border = [int(rng.integers(0, 3)) for _ in range(4)]
        _border(stack, border)
        same = bool(rng.random() < 0.3)
        if rng.random() < 0.5:
            stack.depthwise(3, stride=int(rng.integers(1, 3)))
        else:
            stack.conv(int(rng.integers(2, 6)), int(rng.choice([1, 3])), same=same, share=0.0, stride=int(rng.integers(1, 3)))
    return stack.build()


def _border(stack: Stack, border: list[int]) -> None:
    top, bottom, left, right = border
    data = np.array([[0, 0], [top, bottom], [left, right], [0, 0]], dtype=np.int32)
    source, (batch, height, width, depth) = stack.x, stack.shape
    pads = stack.model.tensor((4, 2), "int32", data=data)
    target = stack._output((batch, height + top + bottom, width + left + right, depth), like=True)
    stack.model.operator("PAD", [source, pads], [target], "PadOptions")


def names(graph: Graph) -> list[str]:
    return [node.op.name for node in graph.nodes]


def test_every_tensor_that_is_left_keeps_its_value() -> None:
    from tests.python.oracle import Oracle

    fused = 0
    for seed in range(40):
        data = padded(seed)
        before = read(data, f"padded{seed}")
        after = optimise(before)
        rng = np.random.default_rng(seed)
        x = rng.integers(-128, 128, before.tensors[before.inputs[0]].type.shape, dtype=np.int8)
        want, got = run_reference(before, [x]), run_reference(after, [x])
        for node in after.nodes:
            tensor = node.outputs[0]
            whole = want[tensor][..., after.channels[tensor]] if tensor in after.channels else want[tensor]
            np.testing.assert_array_equal(got[tensor], whole, err_msg=f"seed {seed}, node {node.index}")
        if seed < 10:
            np.testing.assert_array_equal(got[after.outputs[0]], Oracle(data).run([x])[0])
        fused += names(before).count("PAD") - names(after).count("PAD")
    assert fused > 25


@pytest.mark.parametrize("seed", [0, 1])
def test_kernels_pad_alike(seed: int) -> None:
    before = read(padded(seed), f"padded{seed}")
    x = np.random.default_rng(seed).integers(-128, 128, before.tensors[before.inputs[0]].type.shape, dtype=np.int8)
    (got,) = HostModel(bare(optimise(before)), sanitize=True, optimise="-O1").run([[x]])[0]
    np.testing.assert_array_equal(got, run_reference(before, [x])[before.outputs[0]])


def test_border_that_another_layer_reads_stays() -> None:
    stack = Stack(1, (1, 4, 4, 2))
    _border(stack, [1, 1, 1, 1])
    wide, zero_point = stack.x, stack.zero_point
    stack.conv(2, 3, same=False, share=0.0)
    stack.pool()
    small = stack.x
    stack.x, stack.shape, stack.zero_point = wide, (1, 6, 6, 2), zero_point
    stack.pool()
    graph = optimise(read(stack.model.build([stack.input], [small, stack.x]), "shared"))
    assert "PAD" in names(graph)
