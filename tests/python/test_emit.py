"""Emission: readable C that says what it is, compiles without a warning, and computes what the interpreter computes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator import __version__
from stator.board import Board, load_board
from stator.emit import emit, write
from stator.emit.c import integer, plain, real
from stator.errors import StatorError
from stator.frontends import load
from stator.host import HostModel
from stator.ir import Graph
from stator.memory import MemoryPlan, load_tasks, plan
from stator.ops import run_reference
from stator.passes import optimise
from stator.paths import FIRMWARE, ROOT
from stator.schedule import schedule
from stator.spec import ModelSpec, load_model_spec
from tests.python.graphs import monitor_folder, random_graph, random_inputs, tiny

GOLDEN = Path(__file__).with_name("golden")


def bare(graph: Graph, board: str = "host") -> MemoryPlan:
    spec = ModelSpec.model_construct(name=graph.name, folder=Path("/nowhere"), file=f"{graph.name}.tflite")
    return plan(schedule(graph), load_board(board), spec, None)


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    return load_model_spec(monitor_folder(tmp_path_factory.mktemp("model")))


def planned(spec: ModelSpec, board: Board) -> MemoryPlan:
    return plan(schedule(optimise(load(spec.path))), board, spec, load_tasks())


@pytest.mark.parametrize("name", ["tiny.c", "tiny.h"])
def test_emitted_text_is_the_golden_text(name: str) -> None:
    """After a change on purpose: look at what `pytest -k golden` shows, then write it to tests/python/golden/."""
    text = emit(bare(tiny()))[name].replace(f"stator {__version__}:", "stator VERSION:")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_two_compiles_give_equal_bytes(monitor: ModelSpec) -> None:
    board = load_board("gd32vf103")
    assert emit(planned(monitor, board)) == emit(planned(monitor, board))


def test_no_time_and_no_folder_is_emitted(monitor: ModelSpec) -> None:
    for name, text in emit(planned(monitor, load_board("nrf5340"))).items():
        assert str(monitor.folder) not in text, name
        assert str(ROOT) not in text, name
        assert not re.search(r"20\d\d-\d\d-\d\d", text), name


@pytest.mark.parametrize("board", ["nrf5340", "gd32vf103", "mps2_an505", "qemu_rv32"])
def test_linker_pieces_headers_and_json_tell_the_same_plan(monitor: ModelSpec, board: str) -> None:
    made = planned(monitor, load_board(board))
    files = emit(made)
    facts = json.loads(files["memory_plan.json"])
    for item in facts["items"]:
        assert f"{item['section']} " in files["plan_sections.ld"]
        assert re.search(rf"{re.escape(item['section'])} +{item['address']:#010x} \(NOLOAD\)", files["plan_sections.ld"])
        assert re.search(rf"\b{item['symbol']}\[\d+\]", files["memory_plan.h"])
    for half in ("stator_half0", "stator_half1"):
        assert f"extern int16_t {half}[1024];" in files["memory_plan.h"]
    assert made.item("stator_half1").address == made.item("stator_half0").end
    assert f"#define STATOR_HALF_TICKS       {facts['sampling']['half_ticks']}u" in files["memory_plan.h"]
    assert facts["arena_bytes"] >= facts["arena_bound_bytes"]
    assert made.items[0].need.symbol == "stator_stack_main"


def test_only_init_and_run_are_visible(monitor: ModelSpec, tmp_path: Path) -> None:
    write(emit(planned(monitor, load_board("host"))), tmp_path / "generated")
    source, target = tmp_path / "generated" / "monitor.c", tmp_path / "monitor.o"
    subprocess.run(["cc", "-c", "-std=c11", f"-I{FIRMWARE / 'include'}", f"-I{FIRMWARE / 'kernels'}", source, "-o", target], check=True)
    symbols = subprocess.run(["nm", "-g", "--defined-only", target], check=True, capture_output=True, text=True).stdout
    assert sorted(line.split()[-1] for line in symbols.splitlines()) == ["monitor_init", "monitor_run"]


COMPILERS = {
    "nrf5340": ["arm-none-eabi-gcc", "-mcpu=cortex-m33"],
    "gd32vf103": ["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "--specs=picolibc.specs"],
    "host": ["cc"],
}


@pytest.mark.parametrize("board", COMPILERS)
def test_every_emitted_source_compiles_without_a_warning(monitor: ModelSpec, tmp_path: Path, board: str) -> None:
    compiler, *machine = COMPILERS[board]
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    write(emit(planned(monitor, load_board(board))), tmp_path / "generated")
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion", "-Wpedantic"]
    folders = [f"-I{FIRMWARE / 'include'}", f"-I{FIRMWARE / 'kernels'}", f"-I{FIRMWARE}"]
    for source in sorted((tmp_path / "generated").glob("*.c")):
        command = [compiler, "-c", "-std=c11", "-O2", *machine, *warnings, *folders, str(source), "-o", str(tmp_path / "out.o")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    for header in sorted((tmp_path / "generated").glob("*.h")):
        command = [compiler, "-fsyntax-only", "-std=c11", "-x", "c", *machine, *warnings, *folders, str(header)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@given(st.builds(random_graph, st.integers(0, 10_000), st.integers(1, 10)))
@settings(max_examples=5, deadline=None)
def test_emitted_code_computes_the_reference_under_sanitizers(graph: Graph) -> None:
    host = HostModel(bare(graph), sanitize=True, optimise="-O1")
    rng = np.random.default_rng(0)
    sets = [random_inputs(graph, rng) for _ in range(4)]
    for inputs, got in zip(sets, host.run(sets), strict=True):
        expected = run_reference(graph, inputs)
        for tensor, values in zip(graph.outputs, got, strict=True):
            np.testing.assert_array_equal(values, expected[tensor])


def test_layers_can_be_looked_at_one_by_one() -> None:
    graph = tiny()
    inputs = random_inputs(graph, np.random.default_rng(0))
    expected = run_reference(graph, inputs)
    seen = list(HostModel(bare(graph)).run_layers(inputs))
    assert [(step, tensor) for step, tensor, _ in seen] == [(0, graph.outputs[0]), (1, graph.outputs[1])]
    for _, tensor, values in seen:
        np.testing.assert_array_equal(values, expected[tensor])


def test_init_refuses_what_would_break_run(tmp_path: Path) -> None:
    made = bare(tiny())
    write(emit(made), tmp_path / "generated")
    main = tmp_path / "main.c"
    main.write_text("""\
#include "tiny.h"
int main(void) {
    static _Alignas(TINY_ARENA_ALIGN) uint8_t arena[TINY_ARENA_BYTES + 1];
    return !(tiny_init(NULL, sizeof arena) == -EINVAL && tiny_init(arena + 1, sizeof arena - 1) == -EINVAL &&
             tiny_init(arena, TINY_ARENA_BYTES - 1) == -EINVAL && tiny_init(arena, TINY_ARENA_BYTES) == 0 &&
             tiny_run(NULL) == -EINVAL && tiny_run(arena + 1) == -EINVAL && tiny_run(arena) == 0);
}
""")
    kernels = {source for step in made.schedule.steps for source in step.kernel.sources}
    sources = [tmp_path / "generated" / "tiny.c", main, *sorted(kernels)]
    folders = [f"-I{tmp_path / 'generated'}", f"-I{FIRMWARE / 'include'}", f"-I{FIRMWARE / 'kernels'}"]
    subprocess.run(["cc", "-std=c11", *folders, *map(str, sources), "-o", str(tmp_path / "main")], check=True)
    assert subprocess.run([tmp_path / "main"], check=False).returncode == 0


def test_names_from_the_file_cannot_leave_a_comment() -> None:
    source = emit(bare(tiny()))["tiny.c"]
    assert "evil" in source
    assert "logits */ evil" not in source
    assert plain("a\n*/ int x; /* \\ \x07 ü") == "a__/ int x; /_ _ _ _"


@pytest.mark.parametrize("value", [0, -1, 127, 2**31 - 1, -(2**31), 2**31, 2**32 - 1])
def test_integer_constants_have_their_value_and_fit_32_bits(value: int, tmp_path: Path) -> None:
    main = tmp_path / "main.c"
    word = integer(value)
    main.write_text(f"#include <stdint.h>\nint main(void) {{ return !({word} == {value}LL && sizeof({word}) == 4); }}\n")
    subprocess.run(["cc", "-Wall", "-Wextra", "-Werror", str(main), "-o", str(tmp_path / "main")], check=True)
    assert subprocess.run([tmp_path / "main"], check=False).returncode == 0


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_constants_read_back_as_the_same_float(value: float) -> None:
    text = real(value)
    assert re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?f", text)
    assert np.float32(text[:-1]) == np.float32(value)


def test_unchanged_files_keep_their_time(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    assert write({"a": "1\n", "b": "2\n"}, folder) == ("a", "b")
    before = (folder / "a").stat().st_mtime_ns
    assert write({"a": "1\n", "b": "3\n"}, folder) == ("b",)
    assert (folder / "a").stat().st_mtime_ns == before
    assert (folder / "b").read_text() == "3\n"
    assert write({"a": "1\n"}, folder) == ()
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == ["a"]
    assert [p.name for p in tmp_path.iterdir()] == ["generated"]


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(StatorError, match="holds files that Stator did not make"):
        write({"a": "1"}, tmp_path)
    with pytest.raises(StatorError, match="is not a folder"):
        write({"a": "1"}, tmp_path / "thesis.tex")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_picture_is_svg_and_names_model_and_board(monitor: ModelSpec) -> None:
    text = emit(planned(monitor, load_board("nrf5340")))["memory_plan.svg"]
    assert text.startswith("<?xml")
    assert text.rstrip().endswith("</svg>")
    assert "monitor on nrf5340" in text
