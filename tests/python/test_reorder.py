"""Order of layers: always one in which all is written before it is read, never a worse one, and the best of a few by trying them all."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.frontends.tflite import read
from stator.ir import Graph, Node
from stator.memory import arena_bound
from stator.ops import run_reference
from stator.passes.reorder import reorder
from stator.passes.verify import verify
from stator.schedule import schedule
from tests.python.graphs import SCALE, random_graph, random_inputs
from tests.python.test_schedule import random_views
from tests.python.tflite_builder import Model


def peak(graph: Graph) -> int:
    return arena_bound(schedule(graph))


def branches() -> Graph:
    """Three wide branches and their sums: the file computes all branches first, one after the other needs less."""
    m = Model()
    rng = np.random.default_rng(0)

    def layer(x: int, depth: int, units: int) -> int:
        weights = m.tensor((units, depth), "int8", 0.02, data=rng.integers(-127, 128, (units, depth), dtype=np.int8))
        y = m.tensor((1, units), "int8", SCALE, 0)
        m.operator("FULLY_CONNECTED", [x, weights, -1], [y], "FullyConnectedOptions")
        return y

    x = m.tensor((1, 8), "int8", SCALE, 0)
    wide = [layer(x, 8, 400) for _ in range(3)]
    narrow = [layer(y, 400, 8) for y in wide]
    first, second = m.tensor((1, 8), "int8", SCALE, 0), m.tensor((1, 8), "int8", SCALE, 0)
    m.operator("ADD", narrow[:2], [first], "AddOptions")
    m.operator("ADD", [first, narrow[2]], [second], "AddOptions")
    return read(m.build([x], [second]), "branches")


def test_branches_run_one_after_the_other() -> None:
    before = branches()
    after = reorder(before)
    verify(after)
    assert peak(before) > 1200
    assert peak(after) < 460
    x = random_inputs(before, np.random.default_rng(0))
    assert np.array_equal(run_reference(before, x)[before.outputs[0]], run_reference(after, x)[after.outputs[0]])


@given(st.one_of(st.builds(random_graph, st.integers(0, 10_000), st.integers(1, 14)), st.builds(random_views, st.integers(0, 10_000))))
@settings(max_examples=60, deadline=None)
def test_order_stays_legal_and_never_needs_more(graph: Graph) -> None:
    after = reorder(graph)
    verify(after)
    assert sorted(map(id, after.nodes)) == sorted(map(id, graph.nodes))
    assert after is graph or peak(after) < peak(graph)


def orders(graph: Graph) -> list[tuple[Node, ...]]:
    def legal(order: tuple[Node, ...]) -> bool:
        there = {*graph.inputs, *(t.index for t in graph.constants()), -1}
        for node in order:
            if not there.issuperset(node.inputs):
                return False
            there.update(node.outputs)
        return True

    return [order for order in itertools.permutations(graph.nodes) if legal(order)]


def test_hardly_another_order_of_a_few_layers_needs_less() -> None:
    gained = worse = 0
    for seed in range(25):
        graph = random_graph(seed, 5)
        least = min(peak(dataclasses.replace(graph, nodes=order)) for order in orders(graph))
        found = peak(reorder(graph))
        gained += found < peak(graph)
        worse += found > least
    assert gained >= 6
    assert worse <= 1  # two layers would have to move at once
