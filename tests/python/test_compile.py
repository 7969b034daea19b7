"""`stator compile`: what it answers, what it refuses, and that it leaves nothing half-written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from stator.board import load_board
from stator.data.archives import available, data_folder, unpacked
from stator.errors import ConfigError, DoesNotFit, StatorError
from stator.frontends import load
from stator.host import HostModel
from stator.memory import plan
from stator.passes import optimise
from stator.paths import BOARDS
from stator.paths import MODELS as MODEL_FOLDERS
from stator.schedule import schedule
from stator.spec import load_model_spec
from stator.verb import exit_status, verbs
from stator.verbs.compile import compile
from tests.python.graphs import MONITOR_YML, monitor_folder
from tests.python.test_reference_models import MODELS, fnv1a, generated
from tests.python.tflite_builder import Model

BOARD = """\
title: a small board
core: rv32imac
isa: riscv
kernels: [c, ref]
clock_hz: 108000000
memory:
  flash: {{at: 0x0, bytes: {flash}, kind: flash}}
  {rams}
counter: {{hz: 108000000, unit: cycle}}
sensor: {{driver: some_adc, trigger: a timer, clock_hz: {clock_hz}, divides: sample}}
"""
ONE_RAM = "sram: {at: 0x20000000, bytes: 32768, kind: ram, dma: true}"


def board_folder(parent: Path, *, flash: int = 131072, rams: Iterable[str] = (ONE_RAM,), clock_hz: int = 108_000_000) -> str:
    folder = parent / "small_board"
    folder.mkdir(exist_ok=True)
    (folder / "board.yml").write_text(BOARD.format(flash=flash, rams="\n  ".join(rams), clock_hz=clock_hz), encoding="utf-8")
    return str(folder)


@pytest.fixture
def monitor(tmp_path: Path) -> Path:
    return monitor_folder(tmp_path)


def dense(parent: Path, units: int, name: str = "dense") -> Path:
    """A bare file: int8[1, 64] -> units."""
    m = Model()
    x = m.tensor((1, 64), "int8", 0.05, 0)
    values = np.random.default_rng(0).integers(-127, 128, (units, 64), dtype=np.int8)
    weights = m.tensor(values.shape, "int8", 0.02, data=values, name="weights")
    y = m.tensor((1, units), "int8", 0.3, 0, name="y")
    m.operator("FULLY_CONNECTED", [x, weights, -1], [y], "FullyConnectedOptions")
    file = parent / f"{name}.tflite"
    file.write_bytes(m.build([x], [y]))
    return file


def test_fields_of_the_contract_are_answered(monitor: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = compile(str(monitor), board_folder(tmp_path), str(out))
    assert isinstance(answer, dict)
    facts = json.loads((out / "memory_plan.json").read_text())
    assert answer["board"] == "small_board"
    assert answer["model"] == "monitor"
    assert answer["verdict"] == "pass"
    assert answer["reasons"] == []
    assert answer["macs"] == 96
    assert answer["macs_removed"] == 0
    assert answer["sample_hz"] == 12_000
    for field in ("arena_bytes", "arena_bound_bytes", "weights_bytes", "macs"):
        assert answer[field] == facts[field]
    assert [layer["op"] for layer in facts["layers"]] == ["HISTORY", "FULLY_CONNECTED", "SOFTMAX"]


def test_arena_above_its_budget_is_a_failing_verdict(monitor: Path, tmp_path: Path) -> None:
    (monitor / "model.yml").write_text(MONITOR_YML.replace("arena_bytes: 4096", "arena_bytes: 34"), encoding="utf-8")
    answer = compile(str(monitor), board_folder(tmp_path), str(tmp_path / "out"))
    assert isinstance(answer, dict)
    assert answer["verdict"] == "fail"
    assert answer["reasons"] == ["arena_bytes 40 B, budget 34 B"]


def test_bare_file_gets_arena_and_model_only(tmp_path: Path) -> None:
    compile(str(dense(tmp_path, 10)), board_folder(tmp_path), str(tmp_path / "out"))
    facts = json.loads((tmp_path / "out" / "memory_plan.json").read_text())
    assert [item["symbol"] for item in facts["items"]] == ["stator_arena"]
    assert "sampling" not in facts
    assert not (tmp_path / "out" / "features_config.c").exists()


def test_weights_larger_than_flash_name_shortfall_tenants_and_other_boards(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit) as caught:
        compile(str(dense(tmp_path, 2100)), board_folder(tmp_path), str(tmp_path / "out"))
    lines = str(caught.value).splitlines()
    assert lines[0] == "model 'dense' does not fit board 'small_board'"
    assert lines[1] == "  flash needs 134,405 B for weights alone and has 131,072 B: 3,333 B too many"
    assert lines[2] == "  largest: layer0 weights 134,400 B, layer0 multiplier 4 B, layer0 shift 1 B"
    assert lines[3].startswith("  try: a smaller model, or a board with enough: ")
    assert "nrf5340" in lines[3]
    assert "gd32vf103" not in lines[3]
    assert not (tmp_path / "out").exists()


def test_arena_larger_than_ram_names_the_largest_tensors(tmp_path: Path) -> None:
    small = "sram: {at: 0x20000000, bytes: 2048, kind: ram, dma: true}"
    with pytest.raises(DoesNotFit) as caught:
        compile(str(dense(tmp_path, 2000)), board_folder(tmp_path, rams=[small]), str(tmp_path / "out"))
    text = str(caught.value)
    assert "sram needs 2,064 B and has 2,048 B: 16 B too many" in text
    assert "largest tensors: y 2,000 B, " in text
    assert re.search(r"a board with enough: .*gd32vf103, .*mps2_an505", text)


def test_plan_larger_than_ram_names_the_largest_tenants(monitor: Path, tmp_path: Path) -> None:
    small = "sram: {at: 0x20000000, bytes: 8192, kind: ram, dma: true}"
    with pytest.raises(DoesNotFit) as caught:
        compile(str(monitor), board_folder(tmp_path, rams=[small]), str(tmp_path / "out"))
    text = str(caught.value)
    assert "sram needs " in text
    assert " B and has 8,192 B: " in text
    assert "largest: work of the front end " in text


def test_halves_go_where_dma_reaches(monitor: Path, tmp_path: Path) -> None:
    rams = ["fast: {at: 0x10000000, bytes: 32768, kind: ram, dma: false}", "slow: {at: 0x20000000, bytes: 4096, kind: ram, dma: true}"]
    compile(str(monitor), board_folder(tmp_path, rams=rams), str(tmp_path / "out"))
    facts = json.loads((tmp_path / "out" / "memory_plan.json").read_text())
    assert {i["symbol"]: i["address"] for i in facts["items"] if i["region"] == "slow"} == {
        "stator_half0": 0x2000_0000,
        "stator_half1": 0x2000_0800,
    }


def test_halves_that_dma_cannot_reach_are_told(monitor: Path, tmp_path: Path) -> None:
    rams = ["fast: {at: 0x10000000, bytes: 32768, kind: ram, dma: false}", "slow: {at: 0x20000000, bytes: 4095, kind: ram, dma: true}"]
    with pytest.raises(DoesNotFit, match=r"slow that DMA reaches needs 4,096 B and has 4,095 B: 1 B too many"):
        compile(str(monitor), board_folder(tmp_path, rams=rams), str(tmp_path / "out"))


def test_clock_that_cannot_make_the_rate_is_refused(monitor: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"board\.yml: sensor: 1,000,000 Hz / 83 samples"):
        compile(str(monitor), board_folder(tmp_path, clock_hz=1_000_000), str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("labels: [healthy, inner, ball]", "labels: [healthy, inner]"), r"labels: 2, and monitor\.tflite gives \[1, 3\], \[1, 3\]"),
        (("frames: 4", "frames: 5"), r"window: 5 frames of 8 columns, and monitor\.tflite takes \[1, 4, 1, 8\]"),
        (("columns: 8", "columns: 9"), r"window: columns: 9, and the features make 8"),
    ],
)
def test_model_that_is_not_what_its_yml_says_is_refused(monitor: Path, tmp_path: Path, change: tuple[str, str], message: str) -> None:
    (monitor / "model.yml").write_text(MONITOR_YML.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        compile(str(monitor), board_folder(tmp_path), str(tmp_path / "out"))


def test_outputs_in_the_wrong_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the second output of monitor\.tflite \('logits'\) is not a softmax"):
        compile(str(monitor_folder(tmp_path, softmax_first=True)), board_folder(tmp_path), str(tmp_path / "out"))


def test_float_model_for_the_monitor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"monitor\.tflite takes or gives float32, and the monitor feeds and reads INT8") as refusal:
        compile(str(monitor_folder(tmp_path, floats=True)), board_folder(tmp_path), str(tmp_path / "out"))
    assert "invoke compile --calibrate DIR" in str(refusal.value.remedy)
    assert not (tmp_path / "out").exists()


def test_file_that_is_no_model_is_told_which_files_are(tmp_path: Path) -> None:
    (tmp_path / "hum.wav").touch()
    with pytest.raises(ConfigError, match=r"hum\.wav: is no model file") as refusal:
        compile(str(tmp_path / "hum.wav"), board_folder(tmp_path), str(tmp_path / "out"))
    assert ".tflite, .onnx or .keras" in str(refusal.value.remedy)


def test_refused_model_leaves_an_earlier_result_alone(tmp_path: Path) -> None:
    out, board = tmp_path / "out", board_folder(tmp_path)
    file = dense(tmp_path, 10)
    compile(str(file), board, str(out))
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(StatorError):
        compile(str(file), board, str(out))
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_refusal_is_exit_status_2_with_one_message_and_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "result.json"
    given = {"model": str(dense(tmp_path, 2100)), "board": board_folder(tmp_path), "out": str(tmp_path / "out")}
    assert exit_status(verbs()["compile"], given, str(target)) == 2
    assert "does not fit board" in capsys.readouterr().err
    assert not target.exists()


def test_copied_board_and_model_folders_work_unchanged(tmp_path: Path) -> None:
    board, model = tmp_path / "my_board", tmp_path / "my_model"
    shutil.copytree(BOARDS / "nrf5340", board)
    shutil.copytree(MODEL_FOLDERS / "bearing", model)
    compile(str(model), str(board), str(tmp_path / "out"))
    header = (tmp_path / "out" / "my_model.h").read_text()
    assert "int my_model_step(void *arena);" in header
    assert '#define STATOR_BOARD_NAME  "my_board"' in (tmp_path / "out" / "memory_plan.h").read_text()


needs_mlperf_tiny = pytest.mark.skipif(not available("mlperf_tiny"), reason=f"no mlperf_tiny in {data_folder()} (STATOR_DATA)")


# The reference models: emitted C against the interpreter and the known hashes of its output.


@pytest.mark.data
@needs_mlperf_tiny
@pytest.mark.parametrize(
    ("stem", "arena"), [("kws_ref_model", 9_000), ("vww_96_int8", 40_000), ("pretrainedResnet_quant", 36_000), ("ad01_int8", 768)]
)
def test_emitted_reference_model_gives_the_known_hashes(stem: str, arena: int) -> None:
    spec = load_model_spec(unpacked("mlperf_tiny") / "models" / f"{stem}.tflite")
    made = plan(schedule(optimise(load(spec.path))), load_board("host"), spec, None)
    assert made.arena_bytes == made.arena_bound_bytes <= arena
    shape = made.schedule.graph.tensors[made.schedule.graph.inputs[0]].type.shape
    outputs = HostModel(made, sanitize=True).run([[generated(shape)], [np.zeros(shape, dtype=np.int8)]])
    assert [fnv1a(out.tobytes()) for (out,) in outputs] == list(MODELS[stem][1:])


@pytest.mark.data
@needs_mlperf_tiny
def test_emitted_kws_equals_the_interpreter() -> None:
    from tests.python.oracle import Oracle

    spec = load_model_spec(unpacked("mlperf_tiny") / "models" / "kws_ref_model.tflite")
    made = plan(schedule(optimise(load(spec.path))), load_board("host"), spec, None)
    rng = np.random.default_rng(0)
    inputs = [rng.integers(-128, 128, (1, 49, 10, 1), dtype=np.int8) for _ in range(20)]
    oracle = Oracle(spec.path.read_bytes())
    for x, (got,) in zip(inputs, HostModel(made).run([[x] for x in inputs]), strict=True):
        np.testing.assert_array_equal(got, oracle.run([x])[0])
