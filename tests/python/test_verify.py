"""verify: every layer is compared, and the first wrong byte is named by layer, index, expected and got."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from stator.errors import ConfigError
from stator.frontends import load
from stator.ir import Graph
from stator.measure.inference import inputs_for
from stator.measure.layers import compare, expected, on_this_machine, read_inputs
from stator.ops import Array, run_reference
from stator.passes import optimise
from stator.verb import exit_status, verbs
from stator.verbs.verify import verify
from tests.python.conv_graphs import pruned
from tests.python.graphs import tiny
from tests.python.test_emit import bare
from tests.python.tflite_builder import Model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that the passes narrow."""
    file = tmp_path / "pruned.tflite"
    file.write_bytes(pruned(7))
    return file


def test_model_is_exact_with_and_without_passes(model: Path) -> None:
    result = verify(str(model), "host")
    assert isinstance(result, dict)
    assert (result["exact"], result["verdict"], result["reasons"]) == (True, "pass", [])
    assert "first_difference" not in result
    graph = load(model)
    whole = sum(graph.tensors[i].type.bytes for node in graph.nodes if not node.op.aliases() for i in node.outputs)
    assert 5 * whole < int(str(result["compared_bytes"])) < 10 * whole


def broken(model: Path, wanted: list[dict[int, Array]], tensor: int, at: tuple[int, ...]) -> tuple[Graph, list[dict[int, Array]]]:
    """What the oracle would say if it saw one more at one place."""
    wanted = [{**values, tensor: values[tensor].copy()} for values in wanted]
    wanted[1][tensor][at] ^= 1
    return load(model), wanted


def test_first_difference_is_named_by_its_place_in_the_file(model: Path) -> None:
    graph = optimise(load(model))
    sets = inputs_for(graph, 2)
    wanted = [run_reference(load(model), arrays) for arrays in sets]
    tensor, kept = next((node.outputs[0], graph.channels[node.outputs[0]]) for node in graph.nodes if node.outputs[0] in graph.channels)
    place = (0, 1, 0, int(kept[-1]))
    _, wrong = broken(model, wanted, tensor, place)
    difference = compare("here", graph, wrong, on_this_machine(bare(graph), sets)).difference
    assert difference is not None
    assert (difference.where, difference.run, difference.index) == ("here", 1, place)
    assert (difference.expected, difference.got) == (wrong[1][tensor][place], wanted[1][tensor][place])
    assert f"input 1, layer {difference.step} ({difference.op}, '" in str(difference)
    assert f"index {list(place)}: expected {difference.expected:g}, got {difference.got:g}" in str(difference)


def test_dropped_channels_are_not_compared(model: Path) -> None:
    graph = optimise(load(model))
    sets = inputs_for(graph, 2)
    wanted = [run_reference(load(model), arrays) for arrays in sets]
    tensor = next(t for t in graph.channels)
    lost = np.setdiff1d(np.arange(load(model).tensors[tensor].type.shape[-1]), graph.channels[tensor])
    _, wrong = broken(model, wanted, tensor, (..., lost))  # type: ignore[arg-type]
    assert compare("here", graph, wrong, on_this_machine(bare(graph), sets)).difference is None


def dense(bias: int) -> bytes:
    """A fully connected layer of which the last unit has this bias."""
    m = Model()
    x, y = m.tensor((1, 4), "int8", 0.05, 0), m.tensor((1, 3), "int8", 0.05, 0, name="logits")
    weights = m.tensor((3, 4), "int8", 0.01, 0, data=np.ones((3, 4), dtype=np.int8))
    biases = m.tensor((3,), "int32", 0.0005, 0, data=np.array([0, 0, bias], dtype=np.int32))
    m.operator("FULLY_CONNECTED", [x, weights, biases], [y], "FullyConnectedOptions")
    return m.build([x], [y])


def test_oracle_of_another_model_differs_from_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bias more: the difference is found end to end, and the exit status is that of a failed verdict."""
    first, second = tmp_path / "first.tflite", tmp_path / "second.tflite"
    first.write_bytes(dense(bias=100))
    second.write_bytes(dense(bias=5000))
    original = expected
    monkeypatch.setattr("stator.verbs.verify.expected", lambda _, graph, sets: original(second, load(second), sets))
    result = verify(str(first), "host")
    assert isinstance(result, dict)
    assert (result["exact"], result["verdict"]) == (False, "fail")
    found = result["first_difference"]
    assert isinstance(found, dict)
    assert (found["layer"], found["index"], found["op"], found["name"]) == (0, [0, 2], "FULLY_CONNECTED", "logits")
    assert found["expected"] > found["got"]


def test_inputs_are_read_from_files_in_the_order_of_names(tmp_path: Path) -> None:
    graph = tiny()
    np.save(tmp_path / "b.npy", np.array([[5, 6, 7, 8]], dtype=np.int8))
    np.array([1, 2, 3, 4], dtype=np.int8).tofile(tmp_path / "a.bin")
    (tmp_path / "notes.txt").write_text("x")
    sets = read_inputs(tmp_path, graph)
    assert [arrays[0].tolist() for arrays in sets] == [[[1, 2, 3, 4]], [[5, 6, 7, 8]]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.bin", b"\1\2\3", "a.bin: 3 values of int8, and the model takes int8[1, 4]"),
        ("a.bin", b"\1\2\3\4\5\6", "a.bin: 5 values of int8"),
        ("a.npy", b"\x93NUMPY rubbish", "a.npy: cannot be read"),
        ("a.txt", b"1 2 3 4", "no inputs are there"),
    ],
)
def test_files_that_are_no_inputs_are_refused_by_name(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_inputs(tmp_path, tiny())
    assert said in str(caught.value)


def test_floats_and_pickles_are_no_inputs(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((1, 4), dtype=np.float64))
    with pytest.raises(ConfigError, match="4 values of float64"):
        read_inputs(tmp_path, tiny())
    np.save(tmp_path / "a.npy", np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_inputs(tmp_path, tiny())


def test_missing_folder_is_exit_status_2_without_json(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "result.json"
    given = {"model": str(model), "board": "host", "inputs": str(tmp_path / "nowhere")}
    assert exit_status(verbs()["verify"], given, str(target)) == 2
    assert "no such folder" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.sim
@pytest.mark.slow
@pytest.mark.parametrize("board", ["mps2_an505", "qemu_rv32"])
def test_simulated_board_tells_what_its_layers_write(model: Path, tmp_path: Path, board: str) -> None:
    needed = {"mps2_an505": ("qemu-system-arm", "arm-none-eabi-gcc"), "qemu_rv32": ("qemu-system-riscv32", "riscv64-unknown-elf-gcc")}
    if any(shutil.which(tool) is None for tool in needed[board]):
        pytest.skip(f"one of {needed[board]} is not installed")
    target = tmp_path / "result.json"
    assert exit_status(verbs()["verify"], {"model": str(model), "board": board}, str(target)) == 0
    result = json.loads(target.read_text())
    assert result["exact"] is True and "QEMU" in result["simulator"]
    host = verify(str(model), "host")
    assert isinstance(host, dict)
    assert result["compared_bytes"] * 5 == int(str(host["compared_bytes"])) * 7  # two more inputs than the five
