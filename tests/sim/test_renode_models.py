"""The chips' models on Renode refuse what the chips forbid. Accesses as a debugger makes them; the firmware has not begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stator.board import Board, load_board
from stator.build import build
from stator.sim import scenarios
from stator.sim.machines import Renode
from stator.spec import load_model_spec
from tests.python.register_file import described

pytestmark = [
    pytest.mark.sim,
    pytest.mark.slow,
    pytest.mark.skipif(not scenarios.renode_found(), reason="renode-test not found"),
]


class Bench:
    """A chip that has just been switched on; registers by the firmware's names."""

    def __init__(self, name: str) -> None:
        board: Board = load_board(name)
        self.machine = Renode(board, build(board, load_model_spec("bearing")).elf, b"\1\0\2\0")
        self.at = {
            f"{p.name}.{r.name}[{i}]" if r.indexed else f"{p.name}.{r.name}": p.base + r.offset + i * r.stride
            for p in described(name).peripherals
            for r in p.registers
            for i in range(r.count)
        }

    def write(self, register: str, value: int) -> None:
        self.machine.command(f"sysbus WriteDoubleWord {self.at[register]:#x} {value:#x}")

    def read(self, register: str) -> int:
        return int(self.machine.command(f"sysbus ReadDoubleWord {self.at[register]:#x}"), 16)

    def failures(self) -> list[str]:
        lines = self.machine.heard().decode().splitlines()
        return [line.removeprefix("FAIL the model of the chip: ") for line in lines if line.startswith("FAIL")]


@pytest.fixture(scope="module")
def nrf5340() -> Iterator[Bench]:
    bench = Bench("nrf5340")
    yield bench
    bench.machine.close()


@pytest.fixture(scope="module")
def gd32vf103() -> Iterator[Bench]:
    bench = Bench("gd32vf103")
    yield bench
    bench.machine.close()


def test_easydma_reaches_ram_only(nrf5340: Bench) -> None:
    nrf5340.write("SAADC.ENABLE", 1)
    nrf5340.write("SAADC.RESULT_PTR", 0x1000)
    nrf5340.write("SAADC.RESULT_MAXCNT", 16)
    nrf5340.write("SAADC.TASKS_START", 1)
    assert nrf5340.failures()[-1] == "SAADC: EasyDMA reaches RAM only, and the buffer lies at 00001000"
    assert nrf5340.read("SAADC.EVENTS_STARTED") == 0


def test_pointer_is_latched_at_start(nrf5340: Bench) -> None:
    """Double buffering: what is named while a half runs is for the next one."""
    nrf5340.write("SAADC.ENABLE", 1)
    nrf5340.write("SAADC.RESULT_PTR", 0x20070000)
    nrf5340.write("SAADC.RESULT_MAXCNT", 1)
    nrf5340.write("SAADC.TASKS_START", 1)
    nrf5340.write("SAADC.RESULT_PTR", 0x20070010)
    nrf5340.machine.write(0x20070000, bytes(32))
    nrf5340.write("SAADC.TASKS_SAMPLE", 1)
    nrf5340.machine.command('emulation RunFor "0.00002"')
    assert nrf5340.machine.read(0x20070000, 2) == b"\1\0"
    assert nrf5340.machine.read(0x20070010, 2) == bytes(2)
    assert nrf5340.read("SAADC.EVENTS_END") == 1
    nrf5340.write("SAADC.EVENTS_END", 0)
    assert nrf5340.read("SAADC.EVENTS_END") == 0
    before = len(nrf5340.failures())
    nrf5340.write("SAADC.TASKS_SAMPLE", 1)
    nrf5340.machine.command('emulation RunFor "0.00002"')
    assert nrf5340.failures()[before:] == ["SAADC: a conversion with no room in the buffer"]


def test_a_sensor_that_holds_the_bus_is_waited_for_and_lets_go_after_its_clocks(nrf5340: Bench) -> None:
    pulled = 3 << 2 | 6 << 8
    for register, value in (
        ("GPIO1.PIN_CNF[2]", pulled),
        ("GPIO1.PIN_CNF[3]", pulled),
        ("TWIM1.PSEL_SDA", 1 << 5 | 2),
        ("TWIM1.PSEL_SCL", 1 << 5 | 3),
        ("TWIM1.FREQUENCY", 0x01980000),
        ("TWIM1.ADDRESS", 0x48),
        ("TWIM1.TXD_PTR", 0x20070000),
        ("TWIM1.TXD_MAXCNT", 1),
        ("TWIM1.ENABLE", 6),
    ):
        nrf5340.write(register, value)
    nrf5340.machine.write(0x20070000, b"\0")
    nrf5340.machine.command("gpio1 HoldLow 2 3 2")
    nrf5340.write("TWIM1.TASKS_STARTTX", 1)
    nrf5340.machine.command('emulation RunFor "0.001"')
    assert (nrf5340.read("TWIM1.EVENTS_LASTTX"), nrf5340.read("TWIM1.EVENTS_ERROR")) == (0, 0)
    for held in (1, 0):
        nrf5340.write("GPIO1.OUTCLR", 8)
        nrf5340.write("GPIO1.DIRSET", 8)
        nrf5340.write("GPIO1.DIRCLR", 8)
        assert nrf5340.read("GPIO1.IN") & 0xC == (0x8 if held else 0xC)
    nrf5340.write("TWIM1.TASKS_STARTTX", 1)
    nrf5340.machine.command('emulation RunFor "0.001"')
    assert (nrf5340.read("TWIM1.EVENTS_LASTTX"), nrf5340.read("TWIM1.EVENTS_ERROR")) == (1, 0)


def test_register_that_does_not_exist_is_refused(nrf5340: Bench) -> None:
    nrf5340.machine.command(f"sysbus WriteDoubleWord {nrf5340.at['SAADC.ENABLE'] + 8:#x} 0x1")
    assert nrf5340.failures()[-1] == "SAADC has no register at +508, and it is written"


def test_peripheral_without_its_clock_is_refused(gd32vf103: Bench) -> None:
    gd32vf103.write("ADC0.CTL1", 1)
    assert gd32vf103.failures()[-1] == "ADC is accessed without its clock"


def test_watchdog_is_locked_until_it_is_unlocked(gd32vf103: Bench) -> None:
    before = len(gd32vf103.failures())
    gd32vf103.write("FWDGT.CTL", 0x5555)
    gd32vf103.write("FWDGT.RLD", 100)
    assert len(gd32vf103.failures()) == before
    gd32vf103.write("FWDGT.CTL", 0xAAAA)
    gd32vf103.write("FWDGT.RLD", 200)
    assert gd32vf103.failures()[-1] == "FWDGT_RLD written while it is locked"


def test_dma_channel_must_not_be_written_while_it_is_on(gd32vf103: Bench) -> None:
    gd32vf103.write("RCU.AHBEN", 0x15)
    gd32vf103.write("DMA0.CH1CNT", 8)
    gd32vf103.write("DMA0.CH1CTL", 1)
    gd32vf103.write("DMA0.CH1CNT", 9)
    assert gd32vf103.failures()[-1] == "DMA_CH1CNT written while the channel is on"
    assert gd32vf103.read("DMA0.CH1CNT") == 9


def test_flags_of_a_transfer_are_cleared_by_writing_ones(gd32vf103: Bench) -> None:
    """USART0 takes four bytes of memory that DMA reaches; then of memory that it does not."""
    for register, value in (
        ("RCU.AHBEN", 0x15),
        ("RCU.APB2EN", 1 << 14),
        ("USART0.CTL0", 0x2008),
        ("USART0.BAUD", 938),
        ("USART0.CTL2", 0x80),
    ):
        gd32vf103.write(register, value)
    gd32vf103.write("DMA0.CH3PADDR", gd32vf103.at["USART0.DATA"])
    for memory, expected in ((0x20000000, 3 << 12), (0x60000000, 9 << 12)):
        gd32vf103.write("DMA0.CH3CTL", 0)
        gd32vf103.write("DMA0.CH3MADDR", memory)
        gd32vf103.write("DMA0.CH3CNT", 4)
        gd32vf103.write("DMA0.CH3CTL", 0x91)
        gd32vf103.machine.command('emulation RunFor "0.001"')
        assert gd32vf103.read("DMA0.INTF") & 0xF000 == expected, f"{memory:#x}"
        gd32vf103.write("DMA0.INTC", 0xF000)
        assert gd32vf103.read("DMA0.INTF") & 0xF000 == 0
