"""What the board for Armv8-M Baseline runs has no instruction that only Armv8-M Main has, though the core that runs it would take them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS, build
from stator.cycles.instruction import read
from stator.kernels import kernels
from stator.spec import load_model_spec
from tests.python.needs import needs

pytestmark = pytest.mark.sim

ARMV6_M = "bl|mrs|msr|dmb|dsb|isb|udf"  # the instructions of 32 bits
BASELINE = rf"{ARMV6_M}|b|movw|movt|[su]div|clrex|(ld|st)(r|l|a|aex|lex|rex)(b|h)?ex?|tta?t?|sg"


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _others(elf: Path, wide: str) -> list[str]:
    """Instructions of 32 bits that are none of `wide`, and IT."""
    found = read(_said("arm-none-eabi-objdump", "-d", str(elf)))
    assert len(found) > 20
    wrong = [i for i in found if i.kind == "it" or (i.bytes == 4 and not re.fullmatch(rf"({wide})(\.w)?", i.mnemonic))]
    return [f"{i.address:#x} {i.mnemonic} {i.operands}" for i in wrong if not i.mnemonic.startswith(".")]


def test_the_whole_firmware_is_baseline_code() -> None:
    board = load_board("mps2_an505_m23")
    needs(TOOLCHAINS[board.isa][0])
    elf = build(board, load_model_spec("bearing")).elf
    assert "Tag_CPU_arch: v8-M.baseline" in _said("arm-none-eabi-readelf", "-A", str(elf))
    assert _others(elf, BASELINE) == []


def test_the_kernels_are_for_armv6_m_too(tmp_path: Path) -> None:
    needs("arm-none-eabi-gcc")
    found = [source for kernel in kernels() if kernel.isa == "v8mbase" for source in kernel.sources if source.suffix == ".S"]
    assert found
    for source in found:
        made = tmp_path / f"{source.stem}.o"
        _said("arm-none-eabi-gcc", "-mcpu=cortex-m23", "-mthumb", f"-I{source.parents[1]}", "-c", str(source), "-o", str(made))
        assert re.search(r"Tag_CPU_arch: v6S?-M", _said("arm-none-eabi-readelf", "-A", str(made)))
        assert _others(made, ARMV6_M) == []


def test_other_instructions_are_found(tmp_path: Path) -> None:
    needs("arm-none-eabi-gcc")
    source, made = tmp_path / "main.S", tmp_path / "main.o"
    source.write_text(
        ".syntax unified\n.thumb\n" + "adds r0, #1\n" * 20 + "it eq\nmoveq r0, #1\nldrsb r0, [r1, #1]\nsmull r0, r1, r2, r3\nbl f\n"
    )
    _said("arm-none-eabi-gcc", "-mcpu=cortex-m33", "-c", str(source), "-o", str(made))
    assert [line.split()[1] for line in _others(made, BASELINE)] == ["it", "ldrsb", "smull"]
