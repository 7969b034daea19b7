"""The bearing model that the project ships: every layer, and both outputs, equal the interpreter's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stator.frontends import load
from stator.ops import Operands, run_reference
from stator.passes import optimise
from stator.paths import ROOT
from tests.python import kernel_harness
from tests.python.oracle import Oracle

FILE = ROOT / "models/bearing/bearing.tflite"


def test_every_bearing_layer_equals_the_interpreter() -> None:
    graph = load(FILE)
    oracle = Oracle(FILE.read_bytes(), layers=True)
    rng = np.random.default_rng(2)
    shape = graph.tensors[graph.inputs[0]].type.shape
    ends = [np.full(shape, v, dtype=np.int8) for v in (-128, 0, 127)]
    for x in [*ends, *(rng.integers(-128, 128, shape, dtype=np.int8) for _ in range(40))]:
        outputs = oracle.run([x], len(graph.outputs))
        values = run_reference(graph, [x])
        for node in graph.nodes:
            index = node.outputs[0]
            assert np.array_equal(values[index], oracle.tensor(index).reshape(values[index].shape)), f"node {node.index} ({node.op.name})"
        for index, want in zip(graph.outputs, outputs, strict=True):
            assert values[index].tobytes() == want.tobytes()


def test_passes_change_no_output_byte() -> None:
    before = load(FILE)
    after = optimise(before)
    rng = np.random.default_rng(3)
    for _ in range(20):
        x = rng.integers(-128, 128, before.tensors[before.inputs[0]].type.shape, dtype=np.int8)
        want, got = run_reference(before, [x]), run_reference(after, [x])
        assert all(np.array_equal(want[a], got[b]) for a, b in zip(before.outputs, after.outputs, strict=True))


def test_every_bearing_kernel_equals_the_reference(tmp_path: Path) -> None:
    graph = optimise(load(FILE))
    rng = np.random.default_rng(4)
    nodes, cases = [], []
    for _ in range(5):
        values = run_reference(graph, [rng.integers(-128, 128, graph.tensors[graph.inputs[0]].type.shape, dtype=np.int8)])
        for node in graph.nodes:
            on = Operands.of(graph, node)
            call = node.op.kernel(node, on)
            if call is not None:
                nodes.append((node, values[node.outputs[0]]))
                cases.append(kernel_harness.Case(call, values, (values[node.outputs[0]].nbytes,), node.op.in_place(on)))
    results = kernel_harness.run(tmp_path, kernel_harness.compile_objects(tmp_path), cases)
    for (node, want), outputs in zip(nodes, results, strict=True):
        for variant, got in outputs.items():
            assert got.tobytes() == want.tobytes(), f"node {node.index} ({node.op.name}), {variant}"
