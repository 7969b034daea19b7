"""The nRF5340's drivers against registers of nrf5340-app.svd: every write in order, and the sampling chain as the hardware wires it.

Expected sequences are written from the nRF5340 Product Specification 1.6, not from the drivers: 4.11 CLOCK (HFCLKSTART, wait for
HFCLKSTARTED), 7.8 DPPI (publish, subscribe, CHENSET), 7.27 SAADC (EasyDMA: RESULT.PTR is latched by START; calibration before
sampling), 7.37 TIMER (MODE, BITMODE, PRESCALER only while stopped), 7.39 UARTE (TXD.PTR, TXD.MAXCNT, STARTTX; ENDTX).
"""

from __future__ import annotations

import ctypes
import struct
from pathlib import Path

import pytest

from stator.board import load_board
from tests.python.nrf5340_model import EN, RAM, Nrf5340
from tests.python.register_file import FAILED, RegisterFile, build, described

EINVAL, EIO, EBUSY = -22, -5, -16
DIVIDER = 1333
HALF = 1024
HALF0, HALF1, TEXT = RAM + 0x1000, RAM + 0x2000, RAM + 0x4000  # the halves need not be neighbours


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(load_board("nrf5340"), tmp_path_factory.mktemp("nrf5340"), DIVIDER)


class Chip(Nrf5340, RegisterFile):
    """The chip's model below the drivers alone."""

    core = {
        **Nrf5340.core,
        0xE000EDFC: ("DEMCR", 4),
        0xE0001000: ("DWT_CTRL", 4),
        0xE0001004: ("DWT_CYCCNT", 4),
        0xE000E400 + 14: ("NVIC_IPR[14]", 1),
        0xE000E400 + 8: ("NVIC_IPR[8]", 1),
        0xE000E100: ("NVIC_ISER[0]", 4),
    }

    def __init__(self, library: Path) -> None:
        super().__init__("nrf5340", library)
        self.memory = self.ram(RAM, 0x8000)
        self.memory[:] = bytes(0x8000)

    def on_read(self, name: str, value: int) -> int:
        return self.clocks & 0xFFFFFFFF if name == "DWT_CYCCNT" else value

    def run(self, periods: int) -> None:
        """Lets the sampling timer run for so many of its periods; the core does nothing."""
        for _ in range(periods):
            self.clocks += self.period()
            self.sampling_period()

    def half(self, at: int) -> list[int]:
        return [v for (v,) in struct.iter_unpack("<h", bytes(self.memory[at - RAM : at - RAM + 2 * HALF]))]


@pytest.fixture
def chip(library: Path) -> Chip:
    return Chip(library)


def started(chip: Chip) -> Chip:
    assert chip.call("stator_sensor_init", *halves(HALF0, HALF1)) == 0
    assert chip.call("stator_sensor_start") == 0
    chip.take()
    return chip


def halves(half0: int, half1: int, samples: int = HALF) -> tuple[object, ...]:
    return ctypes.c_void_p(half0), ctypes.c_void_p(half1), ctypes.c_uint32(samples)


def test_board_start_up_trims_protects_caches_and_starts_the_crystal(chip: Chip) -> None:
    chip.value.update({"FICR.TRIMCNF_ADDR[0]": 0x50004604, "FICR.TRIMCNF_DATA[0]": 0x1234, "FICR_VARIANT": 5})
    chip.value.update({"UICR.APPROTECT": 0x50FA50FA, "UICR.SECUREAPPROTECT": 0x50FA50FA})
    assert chip.call("stator_board_init") != FAILED
    errata = [0x7E, 0x7E, 0x7F, 0, 0, 0, 0, 0, 0]
    assert chip.take() == [
        ("TRIMMED", 0x1234),
        *[(f"ERRATA_160[{i}]", value) for i, value in enumerate(errata)],
        ("CTRLAP.APPROTECT_DISABLE", 0x50FA50FA),
        ("CTRLAP.SECUREAPPROTECT_DISABLE", 0x50FA50FA),
        ("CACHE.ENABLE", 1),
        ("CLOCK.HFCLKCTRL", 1),  # 64 MHz
        ("CLOCK.EVENTS_HFCLKSTARTED", 0),
        ("CLOCK.TASKS_HFCLKSTART", 1),
        ("NVIC_IPR[14]", 2 << 5),
        ("NVIC_ISER[0]", 1 << 14),
        ("NVIC_IPR[8]", 5 << 5),
        ("NVIC_ISER[0]", 1 << 8),
    ]


def test_early_variants_are_not_mended_and_stay_locked_as_uicr_says(chip: Chip) -> None:
    chip.value.update({"FICR_VARIANT": 4, "UICR.APPROTECT": 0xFFFFFFFF, "UICR.SECUREAPPROTECT": 0xFFFFFFFF})
    assert chip.call("stator_board_init") != FAILED
    log = chip.take()
    assert not [name for name, _ in log if name.startswith(("ERRATA", "TRIMMED"))]
    assert ("CTRLAP.APPROTECT_DISABLE", 0xFFFFFFFF) in log


def test_a_dead_crystal_is_told(chip: Chip) -> None:
    chip.dead.add("CLOCK.EVENTS_HFCLKSTARTED")
    chip.value.update({"UICR.APPROTECT": 0x50FA50FA, "UICR.SECUREAPPROTECT": 0x50FA50FA})
    assert chip.call("stator_board_init") == FAILED
    assert "crystal" in chip.failure


def test_sensor_is_prepared_in_the_order_of_the_manual(chip: Chip) -> None:
    assert chip.call("stator_sensor_init", *halves(HALF0, HALF1)) == 0
    se, diff = 0 << 20, 1 << 20
    assert se != diff
    assert chip.take() == [
        ("SAADC.RESOLUTION", 2),  # 12 bit
        ("SAADC.OVERSAMPLE", 0),
        ("SAADC.SAMPLERATE", 0),  # by the SAMPLE task
        ("SAADC.CH_CONFIG[0]", 4 << 8 | 1 << 12 | 2 << 16 | diff),  # gain 1/2, VDD/4, 10 us
        ("SAADC.CH_PSELN[0]", 2),  # AIN1
        ("SAADC.CH_PSELP[0]", 1),  # AIN0
        ("SAADC.ENABLE", 1),
        ("SAADC.EVENTS_CALIBRATEDONE", 0),
        ("SAADC.TASKS_CALIBRATEOFFSET", 1),
        ("SAADC.EVENTS_CALIBRATEDONE", 0),
        ("SAADC.RESULT_MAXCNT", HALF),
        ("SAADC.RESULT_PTR", HALF0),
        ("SAADC.EVENTS_STARTED", 0),
        ("SAADC.TASKS_START", 1),  # what calibration left behind is thrown away
        ("SAADC.EVENTS_STARTED", 0),
        ("SAADC.EVENTS_STOPPED", 0),
        ("SAADC.TASKS_STOP", 1),
        ("SAADC.EVENTS_STOPPED", 0),
        ("SAADC.EVENTS_END", 0),
        ("TIMER1.TASKS_STOP", 1),
        ("TIMER1.TASKS_CLEAR", 1),
        ("TIMER1.MODE", 0),  # timer
        ("TIMER1.BITMODE", 3),  # 32 bit
        ("TIMER1.PRESCALER", 0),  # 16 MHz
        ("TIMER1.CC[0]", DIVIDER),
        ("TIMER1.SHORTS", 1),  # COMPARE0 clears
        ("TIMER1.PUBLISH_COMPARE[0]", EN | 0),
        ("TIMER2.TASKS_STOP", 1),
        ("TIMER2.TASKS_CLEAR", 1),
        ("TIMER2.MODE", 2),  # low-power counter
        ("TIMER2.BITMODE", 3),
        ("TIMER2.SHORTS", 0),
        ("TIMER2.SUBSCRIBE_COUNT", EN | 0),
        ("TIMER2.SUBSCRIBE_CAPTURE[0]", EN | 1),
        ("TIMER2.TASKS_START", 1),
        ("SAADC.SUBSCRIBE_SAMPLE", EN | 0),
        ("SAADC.PUBLISH_END", EN | 1),
        ("SAADC.SUBSCRIBE_START", EN | 1),
        ("DPPIC.CHENSET", 0b11),
    ]
    assert chip.call("stator_sensor_start") == 0
    assert chip.take() == [
        ("SAADC.TASKS_START", 1),
        ("SAADC.EVENTS_STARTED", 0),
        ("SAADC.RESULT_PTR", HALF1),  # for the next START, now that STARTED has latched the first
        ("SAADC.INTENSET", 0b11),  # STARTED, END
        ("TIMER1.TASKS_START", 1),
    ]


@pytest.mark.parametrize(
    ("half0", "half1", "samples"),
    [
        (0, HALF1, HALF),
        (HALF0, 0, HALF),
        (HALF0 + 2, HALF1, HALF),
        (HALF0, HALF1, 0),
        (HALF0, HALF1, 0x8000),
        (0x1000, HALF1, HALF),  # flash
        (HALF0, RAM + 0x80000 - 2 * HALF + 4, HALF),  # past the end
        (RAM - 4, HALF1, HALF),
    ],
)
def test_halves_that_easydma_cannot_fill_are_refused_before_any_write(chip: Chip, half0: int, half1: int, samples: int) -> None:
    assert chip.call("stator_sensor_init", *halves(half0, half1, samples)) == EINVAL
    assert chip.take() == []


@pytest.mark.parametrize("event", ["CALIBRATEDONE", "STARTED", "STOPPED"])
def test_a_silent_adc_is_an_error(chip: Chip, event: str) -> None:
    chip.dead.add(f"SAADC.EVENTS_{event}")
    assert chip.call("stator_sensor_init", *halves(HALF0, HALF1)) == EIO


def test_an_adc_that_does_not_start_sampling_is_an_error(chip: Chip) -> None:
    assert chip.call("stator_sensor_init", *halves(HALF0, HALF1)) == 0
    chip.dead.add("SAADC.EVENTS_STARTED")
    assert chip.call("stator_sensor_start") == EIO
    assert not chip.started["TIMER1"]


def test_halves_alternate_and_no_sample_is_lost(chip: Chip) -> None:
    started(chip)
    expected = 0
    for frame in range(5):
        chip.run(HALF)
        entered = chip.clocks
        chip.call("nordic_saadc_interrupt")
        at = (HALF0, HALF1)[frame % 2]
        assert chip.filled[-1] == (frame % 2, (frame + 1) * HALF * DIVIDER, entered & 0xFFFFFFFF)
        assert chip.half(at) == [(expected + 1 + i) & 0x7FF for i in range(HALF)]
        expected += HALF
        assert chip.value["SAADC.RESULT_PTR"] == at, "the half just emptied is the next but one"
    assert len(chip.filled) == 5
    differences = {b[1] - a[1] for a, b in zip(chip.filled, chip.filled[1:], strict=False)}
    assert differences == {HALF * DIVIDER}


def test_handler_clears_each_event_once_and_then_names_the_next_half(chip: Chip) -> None:
    started(chip)
    chip.run(HALF)
    chip.call("nordic_saadc_interrupt")
    assert chip.take() == [
        ("SAADC.EVENTS_END", 0),
        ("SAADC.EVENTS_STARTED", 0),
        ("SAADC.RESULT_PTR", HALF0),
    ]
    assert chip.call("nordic_saadc_interrupt") != FAILED  # nothing is pending
    assert chip.take() == []


def test_end_and_started_may_come_in_two_interrupts(chip: Chip) -> None:
    started(chip)
    chip.run(HALF)
    chip.value["SAADC.EVENTS_STARTED"] = 0  # not yet
    chip.call("nordic_saadc_interrupt")
    assert [f[:2] for f in chip.filled] == [(0, HALF * DIVIDER)]
    assert chip.value["SAADC.RESULT_PTR"] == HALF1
    chip.value["SAADC.EVENTS_STARTED"] = 1
    chip.call("nordic_saadc_interrupt")
    assert len(chip.filled) == 1
    assert chip.value["SAADC.RESULT_PTR"] == HALF0


def test_late_interrupt_hands_over_no_half_that_is_being_written_and_recovers(chip: Chip) -> None:
    started(chip)
    chip.run(HALF)
    chip.call("nordic_saadc_interrupt")
    chip.run(2 * HALF + 10)  # held up past a whole half: the DMA has started over on the same half
    chip.call("nordic_saadc_interrupt")
    assert len(chip.filled) == 1
    for _ in range(4):
        chip.run(HALF - 10 if chip.amount == 10 else HALF)
        at = chip.latched[0]
        before = len(chip.filled)
        chip.call("nordic_saadc_interrupt")
        for index, timestamp, _ in chip.filled[before:]:
            handed = (HALF0, HALF1)[index]
            assert handed != at, "the half that the DMA writes"
            last = timestamp // DIVIDER  # samples until the end of this half
            assert chip.half(handed) == [(last - HALF + 1 + i) & 0x7FF for i in range(HALF)]
            assert (last // HALF - 1) % 2 == index
    assert len(chip.filled) >= 3, "halves come again"
    assert all(t % (HALF * DIVIDER) == 0 for _, t, _ in chip.filled)


def test_timestamps_do_not_wrap_with_the_counter(chip: Chip) -> None:
    started(chip)
    for _ in range(3):
        chip.run(HALF)
        chip.call("nordic_saadc_interrupt")
    # 2^32 samples are 4.1 days: bring counter and driver to their end together, in whole pairs of halves.
    skipped = (1 << 32) - 4 * HALF
    chip.counter = (chip.counter + skipped) & 0xFFFFFFFF
    chip.run(HALF)
    chip.call("nordic_saadc_interrupt")  # one big step, not handed over
    assert len(chip.filled) == 3
    for _ in range(4):
        chip.run(HALF)
        chip.call("nordic_saadc_interrupt")
    assert chip.filled[-1][1] == (8 * HALF + skipped) * DIVIDER
    assert chip.filled[-1][1] > 1 << 42


def test_uart_is_prepared_as_the_manual_says(chip: Chip) -> None:
    chip.call("stator_uart_init")
    assert chip.take() == [
        ("GPIO0.OUTSET", 1 << 20),
        ("GPIO0.DIRSET", 1 << 20),
        ("UARTE0.PSEL_TXD", 20),
        ("UARTE0.CONFIG", 0),
        ("UARTE0.BAUDRATE", 0x01D60000),
        ("UARTE0.ENABLE", 8),
        ("UARTE0.EVENTS_ENDTX", 0),
        ("UARTE0.INTENSET", 1 << 8),
    ]


def test_uart_sends_by_dma_and_tells_the_end(chip: Chip) -> None:
    chip.call("stator_uart_init")
    chip.memory[TEXT - RAM : TEXT - RAM + 5] = b"hello"
    chip.take()
    assert chip.call("stator_uart_send", ctypes.c_void_p(TEXT), ctypes.c_size_t(5)) == 0
    assert chip.take() == [("UARTE0.TXD_PTR", TEXT), ("UARTE0.TXD_MAXCNT", 5), ("UARTE0.TASKS_STARTTX", 1)]
    assert chip.call("stator_uart_send", ctypes.c_void_p(TEXT), ctypes.c_size_t(5)) == EBUSY
    chip.call("nordic_uarte_interrupt")  # not the end yet
    assert (chip.take(), chip.sent) == ([], 0)
    chip.event("UARTE0", "ENDTX")
    chip.call("nordic_uarte_interrupt")
    assert (chip.take(), chip.sent) == ([("UARTE0.EVENTS_ENDTX", 0)], 1)
    assert chip.call("stator_uart_send", ctypes.c_void_p(TEXT), ctypes.c_size_t(5)) == 0
    assert chip.wire == b"hellohello"


@pytest.mark.parametrize(("at", "size"), [(0, 4), (0x1000, 4), (TEXT, 0), (TEXT, 0x10000), (RAM + 0x80000 - 2, 4), (RAM - 1, 4)])
def test_uart_refuses_what_easydma_cannot_read(chip: Chip, at: int, size: int) -> None:
    chip.call("stator_uart_init")
    chip.take()
    assert chip.call("stator_uart_send", ctypes.c_void_p(at), ctypes.c_size_t(size)) == EINVAL
    assert chip.take() == []


def asked(chip: Chip) -> tuple[int, int]:
    """One reading, as the supervisor makes it: status, hundredths of a degree."""
    hundredths = ctypes.c_int32()
    chip.call("stator_temperature_start")
    return chip.call("stator_temperature_take", ctypes.byref(hundredths)), hundredths.value


@pytest.fixture
def thermometer(chip: Chip) -> Chip:
    """The driver's bytes for EasyDMA lie in this process, which 32-bit registers do not reach: they get addresses of the chip's RAM."""
    chip.call("stator_temperature_init")
    chip.value.update({"TWIM1.TXD_PTR": RAM + 0x6000, "TWIM1.RXD_PTR": RAM + 0x6004})
    return chip


def test_twim_is_prepared_in_the_order_of_the_manual(chip: Chip) -> None:
    assert chip.call("stator_temperature_init") == 0
    log = chip.take()
    pins = 3 << 2 | 6 << 8  # pull-up; standard 0, disconnect 1; input connected
    assert log[:9] == [
        ("GPIO1.OUTSET", 1 << 3 | 1 << 2),
        ("GPIO1.PIN_CNF[3]", pins),
        ("GPIO1.PIN_CNF[2]", pins),
        ("TWIM1.PSEL_SCL", 1 << 5 | 3),
        ("TWIM1.PSEL_SDA", 1 << 5 | 2),
        ("TWIM1.FREQUENCY", 0x01980000),  # 100 kHz
        ("TWIM1.ADDRESS", 0x48),
        ("TWIM1.SHORTS", 1 << 7 | 1 << 12),  # LASTTX_STARTRX, LASTRX_STOP
        log[8],
    ]
    assert [name for name, _ in log[8:]] == ["TWIM1.TXD_PTR", "TWIM1.TXD_MAXCNT", "TWIM1.RXD_PTR", "TWIM1.RXD_MAXCNT"]
    assert (log[9][1], log[11][1]) == (1, 2)


def test_temperature_is_begun_and_taken_without_waiting(thermometer: Chip) -> None:
    thermometer.take()
    thermometer.call("stator_temperature_start")
    assert thermometer.take() == [
        ("TWIM1.ENABLE", 0),
        ("TWIM1.EVENTS_STOPPED", 0),
        ("TWIM1.EVENTS_ERROR", 0),
        ("TWIM1.ENABLE", 6),
        ("TWIM1.TASKS_STARTTX", 1),
    ]
    hundredths = ctypes.c_int32()
    assert thermometer.call("stator_temperature_take", ctypes.byref(hundredths)) == 0
    assert thermometer.take() == []


def test_nobody_at_the_address_is_an_error_and_the_bus_is_let_go(thermometer: Chip) -> None:
    thermometer.temperature = None
    assert asked(thermometer)[0] == EIO
    assert thermometer.take()[-1] == ("TWIM1.TASKS_STOP", 1)
    thermometer.temperature = b"\x15\x00"
    assert asked(thermometer)[0] == 0


def test_a_transfer_that_does_not_end_is_an_error(thermometer: Chip) -> None:
    thermometer.dead.add("TWIM1.EVENTS_STOPPED")
    assert asked(thermometer)[0] == EIO


def test_a_sensor_that_holds_the_bus_gets_nine_clocks_and_no_more(thermometer: Chip) -> None:
    thermometer.value["GPIO1.IN"] = 0xFFFFFFFF & ~(1 << 2)
    thermometer.take()
    thermometer.call("stator_temperature_start")
    log = thermometer.take()
    clock = [("GPIO1.OUTCLR", 8), ("GPIO1.DIRSET", 8), ("GPIO1.OUTSET", 8), ("GPIO1.DIRCLR", 8)]
    assert log[1:37] == clock * 9 and log[37] == ("TWIM1.EVENTS_STOPPED", 0)


def test_clock_counts_core_cycles_of_the_dwt(chip: Chip) -> None:
    chip.call("stator_clock_start")
    assert chip.take() == [("DEMCR", 1 << 24), ("DWT_CYCCNT", 0), ("DWT_CTRL", 1)]
    chip.clocks = 0xFEDCBA98
    assert chip.call("stator_clock_now") & 0xFFFFFFFF == 0xFEDCBA98


def test_interrupt_numbers_are_those_of_the_manual() -> None:
    numbers = {name: number for number, name in described("nrf5340").interrupts}
    assert (numbers["SAADC"], numbers["SERIAL0"], numbers["TIMER1"]) == (14, 8, 16)
