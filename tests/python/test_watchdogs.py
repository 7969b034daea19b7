"""The watchdog drivers of the chips, against the registers that their vendors describe: what is written, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.board import load_board
from tests.python.register_file import RegisterFile, build

MS = 1500


@pytest.fixture(scope="module")
def nrf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(load_board("nrf5340"), tmp_path_factory.mktemp("nrf5340"), 1333)


@pytest.fixture(scope="module")
def gd32(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gd32vf103")
    port = folder / "port.c"
    names = ("nuclei_eclic_common", "nuclei_eclic_exception", "nuclei_software_interrupt", "nuclei_timer_interrupt")
    port.write_text("".join(f"void {n}(void);\nvoid {n}(void) {{}}\n" for n in names), encoding="utf-8")
    return build(load_board("gd32vf103"), folder, 9000, (str(port),))


def test_the_nrf5340s_counts_on_in_sleep_and_is_started_once(nrf: Path) -> None:
    chip = RegisterFile("nrf5340", nrf)
    chip.call("stator_watchdog_start")
    crv = 32768 * MS // 1000 - 1
    assert chip.take() == [("WDT0.CONFIG", 1), ("WDT0.CRV", crv), ("WDT0.RREN", 1), ("WDT0.TASKS_START", 1)]
    chip.call("stator_watchdog_feed")
    assert chip.take() == [("WDT0.RR[0]", 0x6E524635)]
    chip.value["WDT0.RUNSTATUS"] = 1
    chip.call("stator_watchdog_start")
    assert chip.take() == []


def test_the_nrf5340_tells_who_reset_it_once(nrf: Path) -> None:
    chip = RegisterFile("nrf5340", nrf)
    assert chip.call("stator_watchdog_bit") & 0xFF == 0
    chip.take()
    chip.value["RESET.RESETREAS"] = 0b10
    assert chip.call("stator_watchdog_bit") & 0xFF == 1
    assert chip.take() == [("RESET.RESETREAS", 0b10)]


def test_the_gd32vf103s_is_unlocked_set_and_fed(gd32: Path) -> None:
    chip = RegisterFile("gd32vf103", gd32)
    chip.call("stator_watchdog_start")
    assert chip.take() == [
        ("DBG.CTL", 1 << 8),
        ("FWDGT.CTL", 0xCCCC),
        ("FWDGT.CTL", 0x5555),
        ("FWDGT.PSC", 2),
        ("FWDGT.RLD", 40000 // 16 * MS // 1000),
        ("FWDGT.CTL", 0xAAAA),
    ]
    chip.call("stator_watchdog_feed")
    assert chip.take() == [("FWDGT.CTL", 0xAAAA)]


def test_the_gd32vf103_tells_who_reset_it_and_forgets(gd32: Path) -> None:
    chip = RegisterFile("gd32vf103", gd32)
    chip.value["RCU.RSTSCK"] |= 1 << 29
    assert chip.call("stator_watchdog_bit") & 0xFF == 1
    assert [name for name, value in chip.take() if value & 1 << 24] == ["RCU.RSTSCK"]
