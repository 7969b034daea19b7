"""Register headers: what an SVD file says comes out once, right and compilable, and a hostile or broken file gives a message."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stator import svd
from stator.board import load_board
from stator.crates import crate
from stator.errors import ConfigError, ToolError
from stator.paths import ROOT

SMALL = """<?xml version="1.0" encoding="utf-8"?>
<device schemaVersion="1.1">
  <name>SMALL</name><addressUnitBits>8</addressUnitBits><width>32</width><size>0x20</size>
  <resetValue>0</resetValue><resetMask>0xffffffff</resetMask>
  <peripherals>
    <peripheral>
      <name>UNIT0_S</name><baseAddress>0x50001000</baseAddress>
      <interrupt><name>UNIT0</name><value>3</value></interrupt>
      <registers>
        <register><name>MODE</name><addressOffset>0x04</addressOffset><access>read-write</access><resetValue>0x10</resetValue>
          <fields><field><name>SPEED</name><lsb>4</lsb><msb>6</msb>
            <enumeratedValues><enumeratedValue><name>Slow</name><value>1</value></enumeratedValue>
              <enumeratedValue><name>10x</name><value>5</value></enumeratedValue></enumeratedValues></field>
            <field><name>ON</name><bitOffset>0</bitOffset><bitWidth>1</bitWidth></field></fields></register>
        <register><dim>4</dim><dimIncrement>8</dimIncrement><name>CC[%s]</name><addressOffset>0x40</addressOffset>
          <access>read-only</access></register>
        <cluster><dim>2</dim><dimIncrement>0x20</dimIncrement><name>CH[%s]</name><addressOffset>0x100</addressOffset>
          <register><name>PTR</name><addressOffset>0x4</addressOffset><access>write-only</access></register>
          <cluster><name>DEEP</name><addressOffset>0x10</addressOffset>
            <register><name>LOST</name><addressOffset>0x0</addressOffset></register></cluster></cluster>
      </registers>
    </peripheral>
    <peripheral derivedFrom="UNIT0_S"><name>UNIT1_S</name><baseAddress>0x50002000</baseAddress>
      <interrupt><name>UNIT1</name><value>4</value></interrupt></peripheral>
    <peripheral><name>OTHER</name><baseAddress>0x40000000</baseAddress>
      <interrupt><name>SHARED-LINE</name><value>9</value></interrupt>
      <registers><register><name>A</name><addressOffset>0</addressOffset></register></registers></peripheral>
  </peripherals>
</device>
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.svd"
    path.write_text(SMALL, encoding="utf-8")
    return path


def compiled(text: str, folder: Path, expressions: dict[str, int]) -> None:
    """The header compiles without a warning, and the expressions have these values."""
    (folder / "registers.h").write_text(text, encoding="utf-8")
    checks = "".join(f'_Static_assert(({e}) == {v}u, "{e}");\n' for e, v in expressions.items())
    (folder / "check.c").write_text(f'#include "registers.h"\n#include "registers.h"\n{checks}', encoding="utf-8")
    words = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", f"-I{folder}", str(folder / "check.c")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_offsets_fields_values_arrays_and_numbers_come_out(small: Path, tmp_path: Path) -> None:
    chip = svd.read(small, {"UNIT0": "UNIT0_S", "UNIT1": "UNIT1_S"})
    text = svd.header(chip, "small.svd", {"unit1": 5})
    compiled(
        text,
        tmp_path,
        {
            "UNIT0_BASE": 0x50001000,
            "UNIT1_BASE": 0x50002000,
            "UNIT_MODE": 4,
            "UNIT_MODE_SPEED_Pos": 4,
            "UNIT_MODE_SPEED_Msk": 0x70,
            "UNIT_MODE_SPEED_10x": 5,
            "UNIT_MODE_ON_Msk": 1,
            "UNIT_CC(0)": 0x40,
            "UNIT_CC(3)": 0x58,
            "UNIT_CH_PTR(1)": 0x124,
            "UNIT0_IRQn": 3,
            "SHARED_LINE_IRQn": 9,
            "STATOR_INTERRUPT_COUNT": 10,
            "UNIT1_PRIORITY": 5,
        },
    )
    assert text.count("#define UNIT_MODE 0x") == 1, "two instances of one kind share its registers"
    assert "OTHER_" not in text, "only what was asked for"
    assert "LOST" not in text, "no address is better than a wrong one"


def test_reset_values_access_and_reserved_bits_are_known(small: Path) -> None:
    registers = {r.name: r for r in svd.read(small, {"UNIT0": "UNIT0_S"}).peripherals[0].registers}
    assert (registers["MODE"].reset, registers["MODE"].mask, registers["MODE"].access) == (0x10, 0x71, "read-write")
    assert (registers["CC"].count, registers["CC"].stride, registers["CC"].access) == (4, 8, "read-only")
    assert registers["CH_PTR"].access == "write-only"


def test_same_description_gives_the_same_bytes(small: Path) -> None:
    wanted = {"UNIT0": "UNIT0_S", "OTHER": "OTHER"}
    assert svd.header(svd.read(small, wanted), "x", {}) == svd.header(svd.read(small, wanted), "x", {})


def test_unknown_peripheral_names_the_known_ones(small: Path) -> None:
    with pytest.raises(ConfigError, match="no peripheral 'UNIT7_S'") as caught:
        svd.read(small, {"UNIT7": "UNIT7_S"})
    assert "UNIT0_S" in caught.value.remedy


def test_kinds_that_differ_do_not_share_a_prefix(small: Path) -> None:
    with pytest.raises(ConfigError, match="not of one kind"):
        svd.read(small, {"UNIT0": "UNIT0_S", "UNIT1": "OTHER"})


def test_unknown_interrupt_suggests_the_nearest(small: Path) -> None:
    chip = svd.read(small, {"UNIT0": "UNIT0_S"})
    with pytest.raises(ConfigError, match="unit1"):
        svd.header(chip, "x", {"unit11": 2})


@pytest.mark.parametrize("text", ["", "<device>", "no xml at all", SMALL[: len(SMALL) // 2]])
def test_broken_file_is_one_message(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.svd"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match=r"broken\.svd"):
        svd.read(path, {"UNIT0": "UNIT0_S"})


def test_missing_file_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"gone\.svd"):
        svd.read(tmp_path / "gone.svd", {"UNIT0": "UNIT0_S"})


def test_entities_of_a_hostile_file_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("PASSWORD", encoding="utf-8")
    path = tmp_path / "hostile.svd"
    entity = f'<!DOCTYPE device [<!ENTITY x SYSTEM "file://{secret}">]>'
    path.write_text(SMALL.replace("?>", f"?>{entity}", 1).replace("<name>SMALL</name>", "<name>&x;</name>"), encoding="utf-8")
    assert "PASSWORD" not in svd.header(svd.read(path, {"UNIT0": "UNIT0_S"}), "x", {})


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        ("nrf5340", {"SAADC_BASE": 0x5000E000, "SAADC_RESULT_PTR": 0x62C, "TIMER_CC(1)": 0x544, "SAADC_IRQn": 14, "SAADC_PRIORITY": 2}),
        ("gd32vf103", {"ADC0_BASE": 0x40012400, "DMA_CH3CTL": 0x44, "DMA0_Channel0_IRQn": 30, "DMA0_Channel3_PRIORITY": 1}),
    ],
)
def test_header_of_a_board_compiles(board: str, expected: dict[str, int], tmp_path: Path) -> None:
    assert svd.main([board, str(tmp_path / "out" / "registers.h")]) == 0
    text = (tmp_path / "out" / "registers.h").read_text(encoding="utf-8")
    compiled(text, tmp_path, expected)
    assert str(Path.home()) not in text
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["registers.h"]


def test_board_without_registers_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert svd.main(["qemu_rv32", str(tmp_path / "registers.h")]) == 2
    assert "no 'registers'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_registers_are_never_typed_by_hand() -> None:
    """A board with an SVD file takes peripheral addresses from it: no such literal stands in its drivers."""
    for name in ("nrf5340", "gd32vf103"):
        board = load_board(name)
        bases = {p.base & ~0xFFF for p in svd.chip_of(board)[0].peripherals}
        for folder in (Path("firmware/drivers") / d for d in (*board.drivers, board.sensor.driver)):
            for source in (ROOT / folder).glob("*.[ch]"):
                literals = {int(x, 16) & ~0xFFF for x in re.findall(r"0x[0-9a-fA-F]{8}", source.read_text(encoding="utf-8"))}
                assert not literals & bases, source


def test_crate_that_is_not_there_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    with pytest.raises(ToolError, match="has not been fetched") as caught:
        crate("nrf-pac")
    assert "cargo fetch --locked" in caught.value.remedy
    with pytest.raises(ToolError, match="not in third_party"):
        crate("no-such-crate")
