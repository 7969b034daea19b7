"""What Renode is given: registers in C# out of the SVD file, and platforms whose addresses and interrupts are the chip's.

Whether the models behave is shown by the scenarios of tests/sim on a machine that has Renode.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stator.board import Board, boards_that, load_board
from stator.errors import StatorError, ToolError
from stator.sim import renode, scenarios, simulator
from stator.sim.renode_registers import csharp
from tests.python.register_file import described

BOARDS = boards_that(lambda board: board.simulator is not None and board.simulator.kind == "renode")
CORE = {"cpu", "nvic", "dwt", "eclic", "systimer", "flash", "sram"}  # of the core, or memory: in no description of the vendor's


@pytest.fixture(params=BOARDS)
def board(request: pytest.FixtureRequest) -> Board:
    return load_board(request.param)


def platform(board: Board) -> str:
    return (board.folder / "sim" / f"{board.name}.repl").read_text(encoding="utf-8")


def test_both_chips_have_models() -> None:
    assert BOARDS == ("gd32vf103", "nrf5340")


def test_constants_are_the_descriptions(board: Board) -> None:
    chip = described(board.name)
    text = csharp(chip, "a file")
    for peripheral in chip.peripherals:
        assert f"public const long {peripheral.name}_BASE = 0x{peripheral.base:08x};" in text
        for register in peripheral.registers:
            assert f"public const long {register.name} = 0x{register.offset:x};" in text
            for field in register.fields:
                assert f"public const uint {register.name}_{field.name}_Msk = 0x{field.mask:08x};" in text


def test_models_name_registers_that_exist(board: Board) -> None:
    text = csharp(described(board.name), "a file")
    classes = dict(re.findall(r"public static class (\w+)\n    \{\n(.*?)\n    \}", text, flags=re.DOTALL))
    for source in sorted((board.folder / "sim").glob("*.cs")):
        for kind, name in re.findall(r"Svd\.(\w+)\.(\w+)", source.read_text(encoding="utf-8")):
            assert re.search(rf" {name} =", classes[kind]), f"{source.name}: Svd.{kind}.{name}"


def test_peripherals_lie_where_the_description_says(board: Board) -> None:
    chip = described(board.name)
    bases = {peripheral.name.lower(): peripheral.base for peripheral in chip.peripherals}
    found = {name: int(at, 16) for name, at in re.findall(r"^(\w+): [\w.]+ @ sysbus (0x\w+)", platform(board), flags=re.MULTILINE)}
    assert len(found) > 8
    for name, at in found.items():
        if name not in CORE:
            assert at in bases.values(), f"{name} at {at:#x}"
            assert bases.get(name, at) == at, f"{name} at {at:#x}"


def test_interrupts_have_the_descriptions_numbers(board: Board) -> None:
    chip = described(board.name)
    numbers = {name.lower(): number for number, name in chip.interrupts}
    lines = {int(number) for number in re.findall(r"-> (?:nvic|eclic)@(\d+)", platform(board))}
    assert {numbers[name] for name in board.interrupts} <= lines


def test_memory_is_the_boards(board: Board) -> None:
    for name, region in board.memory.items():
        part = re.search(rf"^{name}: Memory\.MappedMemory @ (.*)\n    size: (0x\w+)", platform(board), flags=re.MULTILINE)
        assert part is not None
        assert f"0x{region.at:08X}" in part[1] and int(part[2], 16) == region.bytes


def test_registers_of_every_peripheral_are_given(board: Board, tmp_path: Path) -> None:
    commands = renode.prepared(board, tmp_path / "none.elf", b"\0\0", tmp_path)
    given = dict(re.findall(r"^\$(\w+)=@(.*)$", commands, flags=re.MULTILINE))
    assert set(given) == {"registers", "chip", "elf", "signal", "serial"}
    assert Path(given["chip"]).is_file() and Path(given["registers"]).is_file()
    script = (board.folder / "sim" / f"{board.name}.resc").read_text(encoding="utf-8")
    assert {f"${name}" for name in given} <= set(re.findall(r"\$[a-z]+", script))


def test_without_renode_one_message_says_what_to_do(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError) as told:
        simulator.version(board)
    assert "there is no renode on PATH" in told.value.what
    assert told.value.remedy is not None and "mps2_an505" in told.value.remedy


def test_board_without_models_is_refused() -> None:
    with pytest.raises(ToolError, match="no models for Renode"):
        renode.script(load_board("mps2_an505"))


def test_unknown_scenario_is_refused() -> None:
    with pytest.raises(StatorError, match="there is no scenario 'steam'"):
        scenarios.find("steam")


def test_scenarios_do_not_run_on_a_board_without_a_simulator_for_them() -> None:
    with pytest.raises(ToolError, match="scenarios do not run on board 'host'"):
        scenarios.run(load_board("host"), [scenarios.find("stream")], live=False)
