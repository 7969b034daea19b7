"""The CMake project: presets, other people's projects, folders that nobody listed, and what is rebuilt when."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stator.board import boards, load_board
from stator.build import tool
from stator.cmake import facts, freertos_folder, script
from stator.errors import StatorError, ToolError
from stator.frontends import load
from stator.measure import read_elf
from stator.measure.oracle import Interpreter
from stator.paths import MODELS, ROOT
from stator.telemetry import decode
from tests.python.cmake_project import configure, firmware, make, run

BEARING = MODELS / "bearing" / "bearing.tflite"
PARTS = ("CMakeLists.txt", "CMakePresets.json", "boards", "cmake", "firmware", "models", "third_party", "tools")
HEAP = re.compile(r"_?(m|c|re)alloc(_r)?|_?free(_r)?|_?sbrk(_r)?|(pv|v)Port(Malloc|Free)|_?memalign(_r)?")


def stator(tree: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`stator WORDS` of another copy of the source tree."""
    env = {**os.environ, "PYTHONPATH": str(tree / "tools"), **environment}
    command = [sys.executable, "-m", "stator", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=tree, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source tree with one more board, driver, model and kernel, each a folder copied to a new name."""
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "target"))
        else:
            shutil.copy(ROOT / part, tree / part)
    shutil.copytree(tree / "boards/qemu_rv32", tree / "boards/copied_board")
    shutil.copytree(tree / "models/bearing", tree / "models/copied_model")
    shutil.copytree(tree / "firmware/drivers/ns16550", tree / "firmware/drivers/copied_uart")
    board = tree / "boards/copied_board/board.yml"
    board.write_text(board.read_text().replace("drivers: [ns16550,", "drivers: [copied_uart,"))
    kernel = tree / "firmware/kernels/copied_kernel"
    shutil.copytree(tree / "firmware/kernels/fully_connected", kernel)
    for file in sorted(kernel.iterdir()):
        file.write_text(file.read_text().replace("fully_connected", "copied_kernel").replace("FULLY_CONNECTED", "COPIED_KERNEL"))
        file.rename(kernel / file.name.replace("fully_connected", "copied_kernel"))
    return tree


@pytest.fixture(scope="module")
def copied_image(tree: Path) -> Path:
    """firmware.elf of the copied model on the copied board."""
    done = stator(tree, "build", "--board", "copied_board", "--model", "copied_model", "--json", str(tree / "build.json"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return tree / "build/copied_board/copied_model/firmware.elf"


def test_presets_name_boards_that_are_there() -> None:
    presets = json.loads((ROOT / "CMakePresets.json").read_text())
    names = {p["name"] for p in presets["configurePresets"] if not p.get("hidden")}
    assert names == {p["name"] for p in presets["buildPresets"]}
    assert names <= set(boards())
    assert all(set(p) == {"name", "inherits"} for p in presets["configurePresets"] if not p.get("hidden")), (
        "a preset holds a name and nothing else"
    )


@pytest.mark.parametrize("fetch", ["OFF", "ON"], ids=["add_subdirectory", "FetchContent"])
def test_another_project_compiles_a_model_in(fetch: str, tmp_path: Path) -> None:
    configure(ROOT / "tests" / "outside", tmp_path, STATOR_SOURCE=str(ROOT), MODEL=str(BEARING), FETCH=fetch)
    make(tmp_path)
    graph = load(BEARING)
    tensor = graph.tensors[graph.inputs[0]].type
    assert tensor.quant is not None
    (logits, *_) = Interpreter(BEARING).run([np.full(tensor.shape, tensor.quant.zero_point, np.int8)], 1)
    assert [int(line) for line in run([str(tmp_path / "outside")]).split()] == logits.reshape(-1).tolist()


@pytest.mark.slow
def test_folders_under_new_names_build_and_nothing_else_was_edited(tree: Path, copied_image: Path) -> None:
    result = json.loads((tree / "build.json").read_text())
    assert (result["board"], result["model"], result["rtos"], result["verdict"]) == ("copied_board", "copied_model", "freertos", "pass")
    assert result["flash_bytes"] > result["weights_bytes"] > 0
    assert result["sram_bytes"] > result["stack_bytes"] == sum(task["stack_bytes"] for task in result["tasks"])
    assert result["arena_bytes"] >= result["arena_bound_bytes"] > 0
    assert abs(result["sample_hz"] - 12_000) < 12_000 * 300e-6
    listed = copied_image.with_suffix(".map").read_text()
    assert "drivers/copied_uart/ns16550.c" in listed
    assert "drivers/ns16550/ns16550.c" not in listed
    commands = (copied_image.parent / "compile_commands.json").read_text()
    assert "copied_kernel_c.c" in commands
    assert "copied_kernel_ref.c" in commands


@pytest.mark.slow
def test_images_come_with_hex_bin_map_and_what_analysis_needs(copied_image: Path) -> None:
    folder = copied_image.parent
    for suffix in (".elf", ".hex", ".bin", ".map"):
        assert copied_image.with_suffix(suffix).stat().st_size > 0
    assert list(folder.rglob("monitor*.su"))
    assert list(folder.rglob("monitor*.ci"))


@pytest.mark.slow
def test_no_heap_is_linked(copied_image: Path) -> None:
    names = [symbol.name for symbol in read_elf(copied_image).symbols]
    assert "stator_arena" in names
    assert [name for name in names if HEAP.fullmatch(name)] == []


@pytest.mark.slow
def test_image_says_who_it_is(copied_image: Path) -> None:
    flash = copied_image.with_suffix(".bin").read_bytes()
    found = re.search(rb"stator version=\S+ board=(\S+) model=(\S+) sha256=([0-9a-f]{64})\0", flash)
    assert found is not None
    assert [word.decode() for word in found.groups()] == ["copied_board", "copied_model", load(BEARING).sha256]


@pytest.mark.slow
def test_image_does_not_depend_on_where_the_tree_lies(tree: Path, tmp_path: Path) -> None:
    for source, build in ((tree, tmp_path / "a"), (ROOT, tmp_path / "elsewhere" / "b")):
        firmware(build, "qemu_rv32", source=source)
    assert (tmp_path / "a/firmware.bin").read_bytes() == (tmp_path / "elsewhere/b/firmware.bin").read_bytes()


@pytest.mark.slow
def test_only_what_changed_is_built_again(tree: Path, copied_image: Path) -> None:
    folder = copied_image.parent
    make(folder)
    assert "no work to do" in make(folder)
    spec = tree / "models/copied_model/model.yml"
    before = copied_image.with_suffix(".bin").read_bytes()
    text = spec.read_text()
    try:
        spec.write_text(re.sub(r"debounce: *\d+", "debounce: 9", text))
        make(folder)
        assert copied_image.with_suffix(".bin").read_bytes() != before
    finally:
        spec.write_text(text)
    make(folder)
    assert copied_image.with_suffix(".bin").read_bytes() == before


@pytest.mark.slow
def test_image_that_does_not_fit_says_by_how_much(tree: Path) -> None:
    small = tree / "elsewhere" / "small"
    shutil.copytree(tree / "boards/qemu_rv32", small)
    board = small / "board.yml"
    board.write_text(board.read_text().replace("flash: {at: 0x80000000, bytes: 4194304", "flash: {at: 0x80000000, bytes: 16384"))
    done = stator(tree, "build", "--board", str(small), "--json", str(tree / "none.json"))
    assert done.returncode == 2
    assert "does not fit board 'small'" in done.stderr
    assert re.search(r"flash needs [\d,]+ B and has 16,384 B: [\d,]+ B too many", done.stderr)
    assert "Traceback" not in done.stderr
    assert not (tree / "none.json").exists()


def test_missing_compiler_is_named_with_the_package_that_brings_it(tmp_path: Path) -> None:
    done = stator(ROOT, "build", "--board", "nrf5340", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "arm-none-eabi-gcc" in done.stderr
    assert "apt-get install gcc-arm-none-eabi" in done.stderr


def test_model_without_features_is_not_made_into_firmware(tmp_path: Path) -> None:
    bare = tmp_path / "bare.tflite"
    shutil.copy(BEARING, bare)
    done = stator(ROOT, "build", "--board", "nrf5340", "--model", str(bare))
    assert done.returncode == 2
    assert "no model.yml with features and window" in done.stderr


@pytest.mark.slow
def test_board_and_model_from_outside_the_tree(tmp_path: Path) -> None:
    board, model = tmp_path / "my boards" / "mine", tmp_path / "my models" / "ours"
    shutil.copytree(ROOT / "boards/host", board)
    shutil.copytree(MODELS / "bearing", model)
    image = firmware(tmp_path / "build", board, str(model))
    signal = tmp_path / "signal.raw"
    signal.write_bytes(bytes(2048))
    said = decode(subprocess.run([str(image), str(signal), "hr"], capture_output=True, check=True).stdout)
    assert said.banner is not None
    assert (said.banner.board, said.banner.model) == ("mine", "ours")
    assert [record.sequence for record in said.records] == [0]


def test_freertos_is_taken_from_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATOR_FREERTOS_DIR", str(tmp_path))
    with pytest.raises(ToolError, match="no FreeRTOS kernel is there"):
        freertos_folder()
    (tmp_path / "tasks.c").touch()
    assert freertos_folder() == tmp_path.resolve()


def test_freertos_of_the_locked_crate_is_v11_2_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATOR_FREERTOS_DIR", raising=False)
    task = (freertos_folder() / "include" / "task.h").read_text(encoding="utf-8")
    assert '"V11.2.0"' in task


def test_freertos_that_was_not_fetched_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATOR_FREERTOS_DIR", raising=False)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    with pytest.raises(ToolError, match="has not been fetched"):
        freertos_folder()


def test_unknown_driver_names_the_nearest(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(ROOT / "boards/qemu_rv32", folder)
    board = folder / "board.yml"
    board.write_text(board.read_text().replace("[ns16550,", "[ns16650,"))
    with pytest.raises(StatorError, match=r"ns16650.*ns16550"):
        facts(load_board(folder), "bearing")


def test_paths_with_odd_characters_stay_values_for_cmake(tmp_path: Path) -> None:
    odd = tmp_path / "a b;$ENV{HOME} (c) #"
    odd.mkdir()
    text = script({"STATOR_X": str(odd), "STATOR_LIST": ["p q", "r"]})
    file = tmp_path / "x.cmake"
    file.write_text(text + 'message("${STATOR_X}|${STATOR_LIST}")\n')
    done = subprocess.run([tool("cmake"), "-P", str(file)], capture_output=True, text=True, check=True)
    assert f"{odd}|p q;r" in done.stderr
