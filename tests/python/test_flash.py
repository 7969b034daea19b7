"""Flashing: what is run, and what is said where it cannot be. No board is at hand in these tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from stator.board import load_board
from stator.errors import ConfigError, ToolError
from stator.flash import Command, commands, find, run
from stator.svd import chip_of

ELF = Path("/some/firmware.elf")


def test_nrf5340_stays_open_to_the_debugger() -> None:
    """An erased UICR would lock it out at the next reset: both words are written through the flash controller, before the reset."""
    words = [c.words for c in commands(load_board("nrf5340"), ELF)]
    assert words[0][:2] == ("probe-rs", "download")
    assert "--verify" in words[0]
    assert words[0][-1] == str(ELF)
    writes = [tuple(int(w, 0) for w in line[-2:]) for line in words[1:-1]]
    at = {p.name: {r.name: p.base + r.offset for r in p.registers} for p in chip_of(load_board("nrf5340"))[0].peripherals}
    open_ = 0x50FA50FA
    config, uicr = at["NVMC"]["CONFIG"], at["UICR"]
    assert writes == [(config, 1), (uicr["APPROTECT"], open_), (uicr["SECUREAPPROTECT"], open_), (config, 0)]
    assert words[-1][:2] == ("probe-rs", "reset")


def test_gd32vf103_is_programmed_verified_and_started() -> None:
    (command,) = commands(load_board("gd32vf103"), ELF, probe="0123ABCD")
    assert command.words[-1] == "program {/some/firmware.elf} verify reset exit"
    assert "adapter serial 0123ABCD" in command.words


@pytest.mark.parametrize("probe", ["a b", "x; rm", "{", "-c", "é"])
def test_a_probe_name_is_never_a_command(probe: str) -> None:
    with pytest.raises(ConfigError, match="no probe's name"):
        commands(load_board("gd32vf103"), ELF, probe)


def test_a_simulated_board_has_nothing_to_flash() -> None:
    with pytest.raises(ConfigError, match=r"'mps2_an505' is simulated") as caught:
        commands(load_board("mps2_an505"), ELF)
    assert "gd32vf103, nrf5340" in str(caught.value)


def _stand_in(folder: Path, text: str) -> None:
    """A program named openocd that fails with this text."""
    script = folder / "openocd"
    script.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Error: unable to find a matching CMSIS-DAP device", "finds no debug probe"),
        ("Error: No connected probes were found.", "finds no debug probe"),
        ("Error: the core is locked, use --allow-erase-all", "locked"),
        ("** Verify Failed **", "failed: program"),
    ],
)
def test_a_failing_runner_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str) -> None:
    _stand_in(tmp_path, text)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(ToolError, match=says) as caught:
        run(Command(("openocd",), "program"))
    assert text in str(caught.value)


def test_a_missing_runner_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolError, match="apt-get install openocd"):
        find(Command(("openocd",), "program"))


@pytest.mark.skipif(not shutil.which("openocd"), reason="openocd is not installed")
def test_openocd_takes_the_command_and_finds_no_probe() -> None:
    (command,) = commands(load_board("gd32vf103"), ELF, probe="no-such-probe")
    with pytest.raises(ToolError, match="finds no debug probe"):
        run(command)
