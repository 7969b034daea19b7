"""`export`: what is written is what the runtime takes, and its own tool has run it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from stator.errors import ConfigError, ModelError, UnsupportedOperator
from stator.frontends import load, survey
from stator.frontends.tflite import read
from stator.ops import run_reference
from stator.paths import MODELS
from stator.runtimes.onnx import apart, written
from stator.runtimes.tflm import least_arena, resolver_call
from stator.verbs.export import export
from tests.python.every_op import samples
from tests.python.tflite_builder import Model

WITH_WEIGHTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
BEARING = MODELS / "bearing" / "bearing.tflite"


def run(model: str | Path, runtime: str, out: Path) -> dict[str, object]:
    found = export(str(model), runtime, str(out))
    assert isinstance(found, dict)
    assert sorted(found["files"]) == sorted(file.name for file in out.iterdir())  # type: ignore[call-overload]
    return found


def test_tflm_gets_the_models_bytes_its_operators_and_the_least_arena(tmp_path: Path) -> None:
    pytest.importorskip("tflite_micro")
    from tflite_micro.python.tflite_micro import runtime

    found = run("bearing", "tflm", tmp_path / "out")
    text = (tmp_path / "out" / "bearing_model.cc").read_text()
    data = bytes(int(byte, 16) for byte in re.findall(r"0x([0-9a-f]{2}),", text))
    assert data == BEARING.read_bytes()
    resolver = (tmp_path / "out" / "bearing_resolver.h").read_text()
    calls = re.findall(r"resolver\.(Add\w+)\(\)", resolver)
    assert calls == sorted({resolver_call(seen.op) for seen in survey(BEARING).seen})
    assert f"MicroMutableOpResolver<{len(calls)}>" in resolver
    arena = int(str(found["arena_bytes"]))
    assert f"k_bearing_arena_bytes = {arena};" in (tmp_path / "out" / "bearing_model.h").read_text()
    runtime.Interpreter.from_bytes(data, arena_size=arena).invoke()
    with pytest.raises(RuntimeError):
        runtime.Interpreter.from_bytes(data, arena_size=arena - 16)
    assert found["exact"] is True and int(str(found["compared_bytes"])) > 0


@pytest.mark.skipif(shutil.which("g++") is None, reason="no g++")
def test_the_array_compiles(tmp_path: Path) -> None:
    run("bearing", "tflm", tmp_path)
    words = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", str(tmp_path / "bearing_model.cc")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("op", "call"),
    [
        ("CONV_2D", "AddConv2D"),
        ("BATCH_MATMUL", "AddBatchMatMul"),
        ("PADV2", "AddPadV2"),
        ("ADD_N", "AddAddN"),
        ("UNIDIRECTIONAL_SEQUENCE_LSTM", "AddUnidirectionalSequenceLSTM"),
    ],
)
def test_resolver_calls_have_tflms_names(op: str, call: str) -> None:
    assert resolver_call(op) == call


def test_ethos_u_gets_what_vela_compiled(tmp_path: Path) -> None:
    found = run("bearing", "ethos-u", tmp_path)
    assert found["verdict"] == "pass" and int(str(found["estimated_cycles"])) > 1000
    assert [seen.op for seen in survey(tmp_path / "bearing_vela.tflite").seen] == ["CUSTOM(ethos-u)"]


def test_onnx_gets_a_file_that_onnxruntime_computes_alike_and_that_can_be_read_again(tmp_path: Path) -> None:
    found = run("bearing", "onnx", tmp_path)
    assert found["verdict"] == "pass", found["reasons"]
    again = load(tmp_path / "bearing.onnx")
    mine = load(BEARING)
    assert [node.op.name for node in again.nodes if node.op.name in WITH_WEIGHTS] == [
        node.op.name for node in mine.nodes if node.op.name in WITH_WEIGHTS
    ]
    x = np.random.default_rng(2).integers(-128, 128, mine.tensors[mine.inputs[0]].type.shape, dtype=np.int8)
    both = [run_reference(graph, [x]) for graph in (mine, again)]
    for a, b in zip(mine.outputs, again.outputs, strict=True):
        assert np.abs(both[0][a].astype(int) - both[1][b].astype(int)).max() <= 1


@pytest.mark.parametrize("op", ["conv_2d", "depthwise_conv_2d", "average_pool_2d", "max_pool_2d", "fully_connected", "add", "mul", "mean"])
def test_layers_written_to_onnx_are_a_step_from_onnxruntime(op: str) -> None:
    checked = 0
    for sample in samples(op, 12, seed=11):
        graph = read(sample.data, "sample")
        try:
            data = written(graph)
        except UnsupportedOperator:
            continue
        steps, _ = apart(data, graph)
        assert steps <= 2, f"{op}, sample {checked}: {steps}"
        checked += 1
    assert checked > 2


def test_an_operator_without_a_kernel_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    m = Model()
    x, y = (m.tensor((1, 4), scale=0.1, zero_point=0) for _ in range(2))
    m.operator("CUSTOM", [x], [y])
    file = tmp_path / "custom.tflite"
    file.write_bytes(m.build([x], [y]))
    with pytest.raises(UnsupportedOperator, match="CUSTOM"):
        export(str(file), "tflm", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_nothing_exports_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tflm"):
        export("bearing", "tflmicro", str(tmp_path))
    file = tmp_path / "broken.tflite"
    file.write_bytes(BEARING.read_bytes()[:400])
    with pytest.raises(ModelError):
        export(str(file), "ethos-u", str(tmp_path / "out"))


def test_the_least_arena_does_not_depend_on_where_the_search_starts() -> None:
    pytest.importorskip("tflite_micro")
    arena = least_arena(BEARING.read_bytes())
    assert arena % 16 == 0 and 2_000 < arena < 40_000
