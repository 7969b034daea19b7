"""board.yml and model.yml: what is right is taken, and what is wrong is told by file, line, field and remedy."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from stator.board import Board, boards, load_board
from stator.errors import ConfigError
from stator.paths import MODELS
from stator.spec import load_model_spec, models

BOARD = """\
title: a board
core: cortex-m33
isa: arm
kernels: [c, ref]
clock_hz: 64000000
memory:
  flash: {at: 0x0, bytes: 1048576, kind: flash}
  sram: {at: 0x20000000, bytes: 65536, kind: ram, dma: true}
counter: {hz: 64000000, unit: cycle}
sensor: {driver: some_adc, trigger: TIMER1, clock_hz: 16000000, divides: sample}
"""

MODEL = """\
title: a model
file: m.tflite
labels: [healthy, inner]
"""

Folder = Callable[[str], Path]


@pytest.fixture
def board_folder(tmp_path: Path) -> Folder:
    def make(text: str) -> Path:
        folder = tmp_path / "some_board"
        folder.mkdir(exist_ok=True)
        (folder / "board.yml").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def model_folder(tmp_path: Path) -> Folder:
    def make(text: str) -> Path:
        folder = tmp_path / "some_model"
        folder.mkdir(exist_ok=True)
        (folder / "model.yml").write_text(text, encoding="utf-8")
        (folder / "m.tflite").write_bytes(b"")
        return folder

    return make


@pytest.mark.parametrize("name", boards())
def test_every_board_of_the_tree_loads(name: str) -> None:
    board = load_board(name)
    assert board.name == name
    assert board.flash_bytes > 0 < board.ram_bytes


@pytest.mark.parametrize("name", models())
def test_every_model_of_the_tree_loads(name: str) -> None:
    spec = load_model_spec(name)
    assert spec.name == name
    assert spec.path.is_file()


def test_a_board_outside_the_tree_is_named_by_its_folder_or_its_file(board_folder: Folder) -> None:
    folder = board_folder(BOARD)
    for path in (str(folder), f"{folder}/", folder / "board.yml"):
        board = load_board(path)
        assert (board.name, board.folder) == ("some_board", folder)


def test_counter_units_become_instructions_only_where_they_count_them(board_folder: Folder) -> None:
    assert load_board(board_folder(BOARD)).instructions_per_count is None
    text = BOARD.replace("{hz: 64000000, unit: cycle}", "{hz: 20000000, unit: tick}")
    qemu = load_board(board_folder(text + "simulator: {kind: qemu, binary: qemu-system-arm, icount_shift: 6}\n"))
    assert qemu.instructions_per_count == Fraction(50, 64)


BAD_BOARDS = {
    "unknown field": (BOARD + "clokc_hz: 3\n", "board.yml:11: clokc_hz: unknown field, did you mean 'clock_hz'?"),
    "unknown nested field": (BOARD.replace("dma: true", "dam: true"), "board.yml:8: memory.sram.dam: unknown field, did you mean 'dma'?"),
    "wrong word": (BOARD.replace("isa: arm", "isa: amr"), "board.yml:3: isa: input should be 'arm', 'riscv' or 'host', not 'amr'"),
    "wrong type": (BOARD.replace("clock_hz: 64000000\n", "clock_hz: fast\n"), "board.yml:5: clock_hz: input should be a valid integer"),
    "missing": (BOARD.replace("core: cortex-m33\n", ""), "board.yml:1: core: is missing, add it"),
    "missing nested": (BOARD.replace(", divides: sample", ""), "board.yml:10: sensor.divides: is missing, add it"),
    "overlapping regions": (BOARD.replace("0x20000000", "0x80000"), "board.yml:6: memory: regions 'flash' and 'sram' overlap from 0x0008"),
    "past the end": (BOARD.replace("0x20000000", "0xffff8000"), "board.yml:6: memory: region 'sram' ends past 4 GiB"),
    "no RAM": (BOARD.replace("kind: ram", "kind: flash"), "board.yml:6: memory: needs a region of kind ram"),
    "no DMA": (BOARD.replace("dma: true", "dma: false"), "board.yml:6: memory: no ram region has 'dma: true'"),
    "negative": (BOARD.replace("bytes: 65536", "bytes: -1"), "board.yml:8: memory.sram.bytes: input should be greater than 0, not '-1'"),
    "clock past 32 bits": (BOARD.replace("{hz: 64000000", f"{{hz: 1{'0' * 400}"), "board.yml:9: counter.hz: input should be less"),
    "path in a name": (BOARD.replace("some_adc", "../../etc"), "board.yml:10: sensor.driver: string should match pattern"),
    "own name": ("name: x\n" + BOARD, "board.yml:1: name: not for this file to say"),
    "bad indentation": (BOARD + "  x: [\n", "board.yml:11: not YAML: "),
    "key twice": (BOARD + "isa: arm\n", "board.yml:11: a key that was given before"),
    "alias": ("a: &x [1]\nb: [*x, *x]\n", "board.yml:1: anchors and aliases are not taken"),
    "tag": ("title: !!python/object/apply:os.system [x]\n", "board.yml:1: tags are not taken"),
    "list": ("- 1\n", "board.yml:1: must be a mapping"),
    "empty": ("", "board.yml:1: must be a mapping"),
    "second document": (BOARD + "---\na: 1\n", "board.yml:11: a second document"),
    "nested deeply": ("a: " + "[" * 5000, "board.yml:1: nested deeper than 16"),
    "key that is no text": (BOARD + "3: 4\n", "board.yml:11: the key 3 is not text"),
    "control characters": ("a: \x00\n", "board.yml: not YAML: unacceptable character"),
    "huge": ("#" * 70_000, "board.yml: larger than 65,536 B"),
}


@pytest.mark.parametrize("case", BAD_BOARDS)
def test_malformed_board_is_told_by_file_line_and_field(case: str, board_folder: Folder) -> None:
    text, message = BAD_BOARDS[case]
    with pytest.raises(ConfigError) as caught:
        load_board(board_folder(text))
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) < 20


def test_billion_laughs_are_refused_at_once(board_folder: Folder) -> None:
    bomb = "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    with pytest.raises(ConfigError, match="anchors and aliases"):
        load_board(board_folder(bomb))


def test_text_that_is_not_utf8_names_the_line(board_folder: Folder) -> None:
    folder = board_folder(BOARD)
    (folder / "board.yml").write_bytes(b"title: x\ncore: \xff\n")
    with pytest.raises(ConfigError, match=r"board\.yml:2: not UTF-8 at byte 15"):
        load_board(folder)


def test_many_complaints_are_cut_to_a_screen(board_folder: Folder) -> None:
    with pytest.raises(ConfigError, match="and 93 more"):
        load_board(board_folder(BOARD + "".join(f"x{i}: 1\n" for i in range(101))))


def test_unknown_board_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown board 'hots', did you mean 'host'"):
        load_board("hots")
    with pytest.raises(ConfigError, match=r"known: .*host"):
        load_board("zzzzzz")


def test_folder_without_board_yml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no board\.yml"):
        load_board(tmp_path)


def test_folder_name_that_is_no_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "Bad-Name"
    folder.mkdir()
    (folder / "board.yml").write_text(BOARD)
    with pytest.raises(ConfigError, match="'Bad-Name' will not do"):
        load_board(folder)


def test_bare_model_file_gets_defaults(tmp_path: Path) -> None:
    file = tmp_path / "My Model-2.tflite"
    file.write_bytes(b"")
    spec = load_model_spec(file)
    assert (spec.name, spec.c_name, spec.path, spec.streams) == ("My Model-2", "my_model_2", file, False)
    assert spec.budgets.flash_bytes is None


@pytest.mark.parametrize(("stem", "c_name"), [("2nd", "model_2nd"), ("ü", "model"), ("a--b", "a_b"), ("_x_", "x")])
def test_any_file_name_gives_a_c_identifier(tmp_path: Path, stem: str, c_name: str) -> None:
    file = tmp_path / f"{stem}.tflite"
    file.write_bytes(b"")
    assert load_model_spec(file).c_name == c_name


def test_missing_model_file_is_named(tmp_path: Path, model_folder: Folder) -> None:
    with pytest.raises(ConfigError, match=r"gone\.tflite: no such model file"):
        load_model_spec(tmp_path / "gone.tflite")
    folder = model_folder(MODEL.replace("m.tflite", "n.tflite"))
    with pytest.raises(ConfigError, match=r"model\.yml: file: n\.tflite is not in that folder"):
        load_model_spec(folder)


def test_model_with_half_a_sensor_is_refused(model_folder: Folder) -> None:
    with pytest.raises(ConfigError, match="needs input and window: window is missing"):
        load_model_spec(model_folder(MODEL + "input: {sample_hz: 12000, counts_per_g: 10}\n"))


def test_model_file_cannot_leave_its_folder(model_folder: Folder) -> None:
    with pytest.raises(ConfigError, match=r"model\.yml:2: file: string should match pattern"):
        load_model_spec(model_folder(MODEL.replace("m.tflite", "../m.tflite")))


def test_latency_budget_may_differ_by_board(model_folder: Folder, board_folder: Folder) -> None:
    board: Board = load_board(board_folder(BOARD))
    spec = load_model_spec(model_folder(MODEL + "budgets: {latency_us: {some_board: 12.5}}\n"))
    assert spec.budgets.latency_us_on(board) == 12.5
    spec = load_model_spec(model_folder(MODEL + "budgets: {latency_us: 7}\n"))
    assert spec.budgets.latency_us_on(board) == 7


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("centre: [-29, ", "centre: [", "centre and weight have one number per column"),
        ("centre: [-29, ", "centre: [-129, ", "centre"),
        ("weight: [1, ", "weight: [256, ", "weight"),
        ("drift_limit: 252", "drift_limit: 0", "drift_limit"),
        ("drift_limit: 252", "drift_limit: .nan", "drift_limit"),
        ("confidence: 190", "confidence: 256", "confidence"),
        ("least_range: 15", "least_range: fifteen", "least_range"),
        ("  offset: 408\n", "", "offset"),
    ],
)
def test_calibration_data_that_cannot_be_are_refused(right: str, wrong: str, told: str, model_folder: Folder) -> None:
    text = (MODELS / "bearing" / "model.yml").read_text(encoding="utf-8").replace("file: bearing.tflite", "file: m.tflite")
    assert load_model_spec(model_folder(text)).health is not None and text.count(right) == 1
    with pytest.raises(ConfigError, match=told):
        load_model_spec(model_folder(text.replace(right, wrong)))
