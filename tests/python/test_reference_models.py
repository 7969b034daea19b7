"""The MLPerf Tiny reference models: known output hashes, and every layer against the interpreter on real inputs."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from stator.data.archives import available, data_folder, unpacked
from stator.frontends import load
from stator.ir import Graph
from stator.ops import Array, Operands, run_reference
from tests.python import kernel_harness

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not available("mlperf_tiny"), reason=f"no mlperf_tiny in {data_folder()} (STATOR_DATA)"),
]

# MACs; FNV-1a of the output for the generated input and for zeros.
MODELS = {
    "kws_ref_model": (2_656_768, "f0b57151", "88525258"),
    "vww_96_int8": (7_489_664, "6962079d", "a54450fd"),
    "pretrainedResnet_quant": (12_501_632, "e5b25901", "84611fe7"),
    "ad01_int8": (264_192, "1fd3ed06", "55e8cd75"),
}


def fnv1a(data: bytes) -> str:
    state = 2166136261
    for byte in data:
        state = ((state ^ byte) * 16777619) % 2**32
    return f"{state:08x}"


def generated(shape: tuple[int, ...]) -> Array:
    """The input of the known hashes: the top bytes of a linear congruential generator."""
    state, values = 12345, []
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state >> 24)
    return np.array(values, dtype=np.uint8).view(np.int8).reshape(shape)


def model(name: str) -> Graph:
    return load(unpacked("mlperf_tiny") / "models" / f"{name}.tflite")


def spoken() -> list[tuple[Array, int]]:
    """The keyword-spotting inputs with their labels."""
    folder = unpacked("mlperf_tiny") / "kws01"
    with (folder / "y_labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return [(np.fromfile(folder / name, dtype=np.int8).reshape(1, 49, 10, 1), int(label)) for name, _, label in rows]


@pytest.mark.parametrize("name", MODELS)
def test_model_gives_the_known_hashes(name: str) -> None:
    graph = model(name)
    macs, of_generated, of_zeros = MODELS[name]
    assert sum(node.op.macs(Operands.of(graph, node)) for node in graph.nodes) == macs
    x = generated(graph.tensors[graph.inputs[0]].type.shape)
    assert fnv1a(run_reference(graph, [x])[graph.outputs[0]].tobytes()) == of_generated
    assert fnv1a(run_reference(graph, [np.zeros_like(x)])[graph.outputs[0]].tobytes()) == of_zeros


def test_every_kws_layer_equals_the_interpreter_on_real_inputs() -> None:
    from tests.python.oracle import Oracle

    graph = model("kws_ref_model")
    oracle = Oracle((unpacked("mlperf_tiny") / "models" / "kws_ref_model.tflite").read_bytes(), layers=True)
    for x, _ in spoken()[::50]:
        want = oracle.run([x])[0]
        values = run_reference(graph, [x])
        for node in graph.nodes:
            index = node.outputs[0]
            assert np.array_equal(values[index], oracle.tensor(index).reshape(values[index].shape)), f"node {node.index} ({node.op.name})"
        assert values[graph.outputs[0]].tobytes() == want.tobytes()


def test_every_kws_kernel_equals_the_reference(tmp_path: Path) -> None:
    graph = model("kws_ref_model")
    values = run_reference(graph, [spoken()[0][0]])
    cases = []
    for node in graph.nodes:
        call = node.op.kernel(node, Operands.of(graph, node))
        if call is not None:
            cases.append((node, kernel_harness.Case(call, values, (values[node.outputs[0]].nbytes,))))
    results = kernel_harness.run(tmp_path, kernel_harness.compile_objects(tmp_path), [case for _, case in cases])
    for (node, _), outputs in zip(cases, results, strict=True):
        for variant, got in outputs.items():
            assert got.tobytes() == values[node.outputs[0]].tobytes(), f"node {node.index} ({node.op.name}), {variant}"


@pytest.mark.slow
def test_kws_equals_the_interpreter_on_all_inputs_and_scores_as_known() -> None:
    from tests.python.oracle import Oracle

    graph = model("kws_ref_model")
    oracle = Oracle((unpacked("mlperf_tiny") / "models" / "kws_ref_model.tflite").read_bytes())
    first = among = 0
    for x, label in spoken():
        got = run_reference(graph, [x])[graph.outputs[0]]
        assert got.tobytes() == oracle.run([x])[0].tobytes()
        first += int(got.argmax()) == label
        among += int(got[0, label] == got.max())
    # Three inputs give two classes the same largest value; for one of them the label is the second of the two.
    assert (first, among) == (901, 902)
