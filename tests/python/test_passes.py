"""The passes, and the verifier that runs after each of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from stator.errors import ModelError
from stator.frontends.tflite import read
from stator.ir import DType, Graph, TensorType
from stator.ops import run_reference
from stator.passes import optimise
from stator.passes.verify import verify
from tests.python.tflite_builder import Model


def two_heads(*, dead: bool = False) -> Graph:
    """Logits and their softmax are both outputs; with `dead`, a layer hangs on beside that nothing reads."""
    m = Model()
    rng = np.random.default_rng(1)
    x = m.tensor((1, 6), "int8", 0.1, 3)
    weights = m.tensor((4, 6), "int8", 0.02, 0, data=rng.integers(-127, 128, (4, 6), dtype=np.int8))
    logits = m.tensor((1, 4), "int8", 0.05, -2)
    odds = m.tensor((1, 4), "int8", 1 / 256, -128)
    m.operator("FULLY_CONNECTED", [x, weights], [logits], "FullyConnectedOptions")
    if dead:
        lost = m.tensor((1, 3), "int8", 0.05, 0, name="lost")
        unread = m.tensor((3, 6), "int8", 0.02, 0, data=rng.integers(-127, 128, (3, 6), dtype=np.int8))
        m.operator("FULLY_CONNECTED", [x, unread], [lost], "FullyConnectedOptions")
    m.operator("SOFTMAX", [logits], [odds], "SoftmaxOptions", Beta=1.0)
    return read(m.build([x], [logits, odds]), "two_heads")


def test_an_output_may_also_be_read_by_a_layer() -> None:
    graph = optimise(two_heads())
    values = run_reference(graph, [np.array([[1, -5, 90, 3, -128, 127]], dtype=np.int8)])
    assert len(graph.outputs) == 2
    logits, odds = (values[i] for i in graph.outputs)
    assert logits.argmax() == odds.argmax() and int(odds.astype(np.int64).sum() + 4 * 128) in range(250, 260)


def test_dead_layers_and_their_weights_are_dropped() -> None:
    before = two_heads(dead=True)
    after = optimise(before)
    assert [n.op.name for n in before.nodes] == ["FULLY_CONNECTED", "FULLY_CONNECTED", "SOFTMAX"]
    assert [n.op.name for n in after.nodes] == ["FULLY_CONNECTED", "SOFTMAX"]
    assert len(after.tensors) == len(before.tensors) - 2
    x = np.array([[9, 8, 7, 6, 5, 4]], dtype=np.int8)
    assert all(np.array_equal(run_reference(before, [x])[i], run_reference(after, [x])[i]) for i in before.outputs)


def test_an_input_that_nothing_reads_stays() -> None:
    m = Model()
    x, unread = m.tensor((1, 4), "int8", 0.1, 0), m.tensor((2,), "int8", 0.1, 0)
    y = m.tensor((1, 4), "int8", 1 / 256, -128)
    m.operator("SOFTMAX", [x], [y], "SoftmaxOptions", Beta=1.0)
    assert optimise(read(m.build([x, unread], [y]), "unread")).inputs == (x, unread)


def _without(graph: Graph, index: int) -> Graph:
    return dataclasses.replace(graph, tensors={i: t for i, t in graph.tensors.items() if i != index})


def _retyped(graph: Graph, index: int, shape: tuple[int, ...]) -> Graph:
    tensor = graph.tensors[index]
    kind = TensorType(shape, DType.INT8, tensor.type.quant)
    return dataclasses.replace(graph, tensors={**graph.tensors, index: dataclasses.replace(tensor, type=kind)})


BROKEN: dict[str, Callable[[Graph], Graph]] = {
    "nodes out of order": lambda g: dataclasses.replace(g, nodes=g.nodes[::-1]),
    "a node twice": lambda g: dataclasses.replace(g, nodes=(g.nodes[0], *g.nodes)),
    "no nodes": lambda g: dataclasses.replace(g, nodes=()),
    "no inputs": lambda g: dataclasses.replace(g, inputs=()),
    "an output twice": lambda g: dataclasses.replace(g, outputs=(g.outputs[0], g.outputs[0])),
    "an output that is a constant": lambda g: dataclasses.replace(g, outputs=(1,)),
    "an output that is an input": lambda g: dataclasses.replace(g, outputs=g.inputs),
    "an input that does not exist": lambda g: dataclasses.replace(g, inputs=(99,)),
    "a missing operand": lambda g: _without(g, 2),
    "a missing weight": lambda g: _without(g, 1),
    "another shape than inferred": lambda g: _retyped(g, 2, (1, 5)),
    "a constant of another shape": lambda g: _retyped(g, 1, (6, 4)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_verifier_refuses(how: str) -> None:
    graph = two_heads()
    verify(graph)
    with pytest.raises(ModelError, match="two_heads"):
        verify(BROKEN[how](graph))
