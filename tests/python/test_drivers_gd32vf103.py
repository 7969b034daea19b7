"""The GD32VF103's drivers against registers of GD32VF103.svd: every write in order, and the sampling chain as the hardware wires it.

Expected sequences are written from the GD32VF103 User Manual 1.5, not from the drivers: 5 RCU (PLL and buses before the switch), 9 DMA
(a channel's registers only while it is off; flags and INTC), 11 ADC (on, 14 ADC clocks, RSTCLB, CLB; external trigger; DMA), 15.2 general
timers (TRGO on update; external clock mode 0 on an internal trigger), 16 USART (DENT); ECLIC and system timer from Nuclei's
Bumblebee Core Architecture Manual.
"""

from __future__ import annotations

import ctypes
import struct
from itertools import pairwise
from pathlib import Path

import pytest

from stator.board import load_board
from stator.crates import crate
from stator.svd import read
from tests.python.register_file import FAILED, RegisterFile, build, described

EINVAL, EIO, EBUSY, ENODEV = -22, -5, -16, -19
DIVIDER = 9000
HALF = 1024
RAM = 0x20000000
HALF0, TEXT = RAM + 0x1000, RAM + 0x3000
HALF1 = HALF0 + 2 * HALF

NEEDS = {  # peripheral -> its clock and its reset: register, bit (UM, RCU)
    "ADC0": ("RCU.APB2", 9),
    "TIMER1": ("RCU.APB1", 0),
    "TIMER2": ("RCU.APB1", 1),
    "USART0": ("RCU.APB2", 14),
    "GPIOA": ("RCU.APB2", 2),
    "DMA0": ("RCU.AHB", 0),
}


def eclic() -> dict[int, tuple[str, int]]:
    """The ECLIC's registers as the SVD file has them: what nuclei_eclic.h says by hand must be the same.

    Two of the file's 350 are wrong, four bytes too far: the pending bits of interrupts 85 and 86.
    """
    chip = read(crate("gd32vf103-pac") / "GD32VF103.svd", {"ECLIC": "ECLIC"})
    wrong = {"CLICINTIP_85": 0x1154, "CLICINTIP_86": 0x1158}
    return {p.base + wrong.get(r.name, r.offset): (f"ECLIC.{r.name}", r.bits // 8) for p in chip.peripherals for r in p.registers}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("gd32vf103"), DIVIDER)


def made(folder: Path, divider: int, *flags: str) -> Path:
    port = folder / "port.c"  # what the port gives and the board's vector table names; never called here
    names = ("nuclei_eclic_common", "nuclei_eclic_exception", "nuclei_software_interrupt", "nuclei_timer_interrupt")
    port.write_text("".join(f"void {n}(void);\nvoid {n}(void) {{}}\n" for n in names), encoding="utf-8")
    return build(load_board("gd32vf103"), folder, divider, (str(port), *flags))


class Chip(RegisterFile):
    """The parts of the chip that the drivers rely on, moved by the register contents alone."""

    core = {
        0xD1000000: ("TIMER.MTIME", 4),
        0xD1000004: ("TIMER.MTIMEH", 4),
        0xD1000008: ("TIMER.MTIMECMP", 4),
        0xD100000C: ("TIMER.MTIMECMPH", 4),
        0xD1000FFC: ("TIMER.MSIP", 4),
    }

    def __init__(self, library: Path) -> None:
        type(self).core = {**type(self).core, **eclic()}
        super().__init__("gd32vf103", library)
        self.memory = self.ram(RAM, 0x8000)
        self.memory[:] = bytes(0x8000)
        self.crystal = self.pll = self.calibrates = True
        self.accesses = 0
        self.awake = 0  # `accesses` when the ADC was switched on
        self.flags = 0
        self.at = dict.fromkeys(range(7), 0)  # items done, by channel
        self.lost = 0  # conversions whose DMA request gets lost
        self.samples = 0
        self.wire = b""

    def check(self, name: str) -> None:
        peripheral = name.partition(".")[0]
        if peripheral in NEEDS:
            bus, bit = NEEDS[peripheral]
            assert self.value[f"{bus}EN"] >> bit & 1, f"{name} accessed without its clock"
            assert not self.value[f"{bus}RST"] >> bit & 1, f"{name} accessed in reset"

    def on_read(self, name: str, value: int) -> int:
        self.accesses += 1
        match name:
            case "ADC0.CTL1":
                if self.calibrates:
                    self.value[name] = value & ~0b1100  # RSTCLB, CLB: done
            case "DMA0.INTF":
                return self.flags
            case "DMA0.CH0CNT":
                return self.value[name] - self.at[0]
            case "USART0.STAT":
                return 0xC0
        return value

    def on_write(self, name: str, value: int, before: int) -> int:
        self.accesses += 1
        peripheral, _, register = name.partition(".")
        match name:
            case "RCU.CTL":
                value &= ~(1 << 17 | 1 << 25)
                value |= (1 << 17 if value >> 16 & 1 and self.crystal else 0) | (1 << 25 if value >> 24 & 1 and self.pll else 0)
            case "RCU.CFG0":
                source = value & 3
                if source == 2:
                    assert self.value["RCU.CTL"] >> 25 & 1, "the PLL does not run yet"
                    assert before >> 8 & 7 == 4, "APB1 would exceed 54 MHz"
                    assert (before >> 14 & 3, before >> 28 & 1) == (3, 0), "the ADC would exceed 14 MHz"
                elif (value ^ before) & ~0b1111:  # more than the switch
                    assert not self.value["RCU.CTL"] >> 24 & 1, "PLL settings may only change while it is off"
                value = value & ~0b1100 | source << 2
            case "RCU.CFG1":
                assert not self.value["RCU.CTL"] >> 24 & 1, "PLL settings may only change while it is off"
            case "ADC0.CTL1":
                assert not (before & value & 1) or before != value, "ADCON again with nothing else changed would convert"
                if value & ~before & 1:
                    self.awake = self.accesses
                if value & 0b1100:
                    assert before & 1 and self.accesses - self.awake >= 14 * 8, "calibrated before 14 ADC clocks have passed"
            case "DMA0.INTC":
                self.flags &= ~value
            case "TIMER2.CTL0":
                assert not value & ~before & 1 or self.value["TIMER1.CTL0"] & 1, "the counter must run before what it counts"
        if peripheral == "DMA0" and register.startswith("CH"):
            channel, what = int(register[2]), register[3:]
            running = self.value[f"DMA0.CH{channel}CTL"] & 1
            assert what == "CTL" or not running, f"{name} written while the channel is on"
            if what == "CTL" and value & ~before & 1:
                self.at[channel] = 0
                if channel == 3:
                    self.send(value)
        return value

    def send(self, control: int) -> None:
        """USART0_TX: memory to DATA, a byte per request."""
        at, count = (self.value[f"DMA0.CH3{r}"] for r in ("MADDR", "CNT"))
        assert control & ~0b1010 == 1 << 7 | 1 << 4 | 1, f"{control:#x}: 8 bit, memory increments and is read, not circular"
        assert self.value["DMA0.CH3PADDR"] == 0x40013804, "USART0 DATA"
        assert self.value["USART0.CTL2"] & 1 << 7 and self.value["USART0.CTL0"] & 0x2008 == 0x2008, "DENT, UEN, TEN"
        self.wire += bytes(self.memory[at - RAM : at - RAM + count])

    def run(self, periods: int) -> None:
        """Lets TIMER2 run for so many of its periods; the core does nothing."""
        v = self.value
        assert v["TIMER2.CTL0"] & 1 and v["TIMER2.PSC"] == 0 and v["TIMER2.CAR"] == DIVIDER - 1
        assert v["TIMER2.CTL1"] >> 4 & 7 == 2, "TRGO on update"
        counts = v["TIMER1.CTL0"] & 1 and v["TIMER1.SMCFG"] & 0x77 == 2 << 4 | 7 and v["TIMER1.CAR"] == 0xFFFF
        converts = v["ADC0.CTL1"] & (1 | 1 << 20 | 7 << 17 | 1 << 11 | 1 << 1) == 1 | 1 << 20 | 4 << 17
        requests = v["ADC0.CTL1"] >> 8 & 1
        assert v["ADC0.RSQ0"] >> 20 & 15 == 0
        assert v["GPIOA.CTL0"] & 15 == 0, "PA0 is analog"
        control = v["DMA0.CH0CTL"]
        assert control >> 8 & 15 == 0b0101, "16 bit to 16 bit"
        assert control & (1 << 4 | 1 << 6 | 1 << 14) == 0, "from a peripheral whose address stays"
        assert control & 1 << 7, "memory increments"
        assert v["DMA0.CH0PADDR"] == 0x4001244C, "ADC0 RDATA"
        for _ in range(periods):
            if counts:
                v["TIMER1.CNT"] = (v["TIMER1.CNT"] + 1) & 0xFFFF
            if not converts:
                continue
            self.samples += 1
            if requests and control & 1:
                if self.lost:
                    self.lost -= 1
                    continue
                count = v["DMA0.CH0CNT"]
                struct.pack_into("<H", self.memory, v["DMA0.CH0MADDR"] - RAM + 2 * self.at[0], self.samples & 0xFFF)
                self.at[0] += 1
                if self.at[0] == count // 2:
                    self.flags |= 0b0101
                if self.at[0] == count:
                    self.flags |= 0b0011
                    self.at[0] = 0
                    if not control & 1 << 5:
                        v["DMA0.CH0CTL"] &= ~1

    def half(self, index: int) -> list[int]:
        at = (HALF0, HALF1)[index] - RAM
        return [value for (value,) in struct.iter_unpack("<h", bytes(self.memory[at : at + 2 * HALF]))]


@pytest.fixture
def chip(library: Path) -> Chip:
    return Chip(library)


def halves(half0: int = HALF0, half1: int = HALF1, samples: int = HALF) -> tuple[object, ...]:
    return ctypes.c_void_p(half0), ctypes.c_void_p(half1), ctypes.c_uint32(samples)


def started(chip: Chip) -> Chip:
    assert chip.call("stator_sensor_init", *halves()) == 0
    assert chip.call("stator_sensor_start") == 0
    chip.take()
    return chip


CFG0 = 4 << 8 | 3 << 14 | 1 << 16 | 10 << 18 | 1 << 29  # APB1 /2, ADC /8, PLL from HXTAL / 2, times 27


def test_board_start_up_sets_vectors_clocks_and_levels(chip: Chip) -> None:
    assert chip.call("stator_board_init") != FAILED
    log = chip.take()
    off = [write for i in range(87) for write in ((f"ECLIC.CLICINTIE_{i}", 0), (f"ECLIC.CLICINTIP_{i}", 0))]
    assert log[: 2 + len(off)] == [("ECLIC.CLICCFG", 4 << 1), ("ECLIC.MTH", 0), *off]
    assert log[2 + len(off) :] == [
        ("RCU.CTL", 0x83),  # IRC8M on,
        ("RCU.CFG0", 0),  # used,
        ("RCU.CTL", 0x83),  # PLL off
        ("RCU.CTL", 0x83 | 1 << 16),
        ("RCU.CFG0", CFG0),
        ("RCU.CFG1", 1),  # PREDV0: HXTAL / 2
        ("RCU.CTL", 0x83 | 1 << 16 | 1 << 17 | 1 << 24),
        ("RCU.CFG0", CFG0 | 2),
        ("ECLIC.CLICINTATTR_30", 0),  # DMA0 channel 0: by the common entry, level-triggered
        ("ECLIC.CLICINTCTL_30", 2 << 4),
        ("ECLIC.CLICINTIE_30", 1),
        ("ECLIC.CLICINTATTR_33", 0),  # DMA0 channel 3
        ("ECLIC.CLICINTCTL_33", 1 << 4),
        ("ECLIC.CLICINTIE_33", 1),
    ]
    address = {name: ctypes.cast(getattr(chip.lib, name), ctypes.c_void_p).value or 0 for name in ("nuclei_eclic_common",)}
    numbers = [(number, is_set) for number, _, is_set in chip.csr]
    assert numbers == [(0x7D0, 1), (0x307, 0), (0x7EC, 0), (0x305, 0)]  # mmisc_ctl, mtvt, mtvt2, mtvec last
    values = [value for _, value, _ in chip.csr]
    assert values[0] == 1 << 9  # NMI by mtvec
    assert values[1] == (ctypes.addressof(ctypes.c_uint32.in_dll(chip.lib, "stator_board_vectors")) & 0xFFFFFFFF)
    assert values[1] % 512 == 0  # 65 to 128 interrupts
    assert values[2] == (address["nuclei_eclic_common"] & 0xFFFFFFFF) | 1
    assert values[3] & 0x3F & 0b11 == 3


def test_vector_table_has_four_handlers_where_the_core_looks_for_them(chip: Chip) -> None:
    vectors = (ctypes.c_void_p * 87).in_dll(chip.lib, "stator_board_vectors")
    handlers = {
        3: "nuclei_software_interrupt",
        7: "nuclei_timer_interrupt",
        30: "gd32_adc_dma_interrupt",
        33: "gd32_usart_dma_interrupt",
    }
    for number in range(87):
        name = handlers.get(number)
        assert vectors[number] == (ctypes.cast(getattr(chip.lib, name), ctypes.c_void_p).value if name else None)


def test_dead_crystal_is_told_at_the_right_baud_rate(chip: Chip) -> None:
    chip.crystal = False
    assert chip.call("stator_board_init") == FAILED
    assert "crystal" in chip.failure
    assert chip.value["RCU.CFG0"] == (CFG0 | 2 | 2 << 2) & ~(1 << 16)  # 108 MHz from the internal 8 MHz / 2


def test_clocks_that_a_boot_loader_left_running_are_set_up_anew(chip: Chip) -> None:
    chip.value["RCU.CTL"] |= 1 << 16 | 1 << 17 | 1 << 24 | 1 << 25
    chip.value["RCU.CFG0"] = 1 << 16 | 4 << 18 | 2 | 2 << 2  # PLL times 6, in use
    assert chip.call("stator_board_init") != FAILED
    assert chip.value["RCU.CFG0"] == CFG0 | 2 | 2 << 2


def test_pll_that_does_not_lock_is_told_and_not_used(chip: Chip) -> None:
    chip.pll = False
    assert chip.call("stator_board_init") == FAILED
    assert chip.value["RCU.CFG0"] & 3 == 0


def test_sensor_is_prepared_in_the_order_of_the_manual(chip: Chip) -> None:
    assert chip.call("stator_sensor_init", *halves()) == 0
    on = 1 | 1 << 20 | 4 << 17  # ADCON, ETERC, TIMER2_TRGO
    control = 3 << 12 | 1 << 10 | 1 << 8 | 1 << 7 | 1 << 5 | 0b1110  # ultra high, 16 to 16 bit, memory increments, circular, all three
    assert chip.take() == [
        ("RCU.AHBEN", 0x14 | 1),
        ("RCU.APB2EN", 1 << 2 | 1 << 9),
        ("RCU.APB2RST", 1 << 9),
        ("RCU.APB2RST", 0),
        ("GPIOA.CTL0", 0x44444440),
        ("ADC0.SAMPT1", 5),
        ("ADC0.RSQ0", 0),
        ("ADC0.RSQ2", 0),
        ("ADC0.CTL1", on),
        ("ADC0.CTL1", on | 1 << 3),
        ("ADC0.CTL1", on | 1 << 2),
        ("DMA0.CH0CTL", 0),
        ("DMA0.INTC", 0b1110),
        ("DMA0.CH0CTL", control),
        ("DMA0.CH0PADDR", 0x4001244C),
        ("DMA0.CH0MADDR", HALF0),
        ("DMA0.CH0CNT", 2 * HALF),
        ("DMA0.CH0CTL", control | 1),
        ("ADC0.CTL1", on | 1 << 8),
        ("RCU.APB1EN", 0b11),
        ("RCU.APB1RST", 0b11),
        ("RCU.APB1RST", 0),
        ("TIMER1.CAR", 0xFFFF),
        ("TIMER1.SMCFG", 2 << 4),
        ("TIMER1.SMCFG", 2 << 4 | 7),
        ("TIMER1.CTL0", 1),
        ("TIMER2.PSC", 0),
        ("TIMER2.CAR", DIVIDER - 1),
        ("TIMER2.CTL1", 2 << 4),
    ]
    assert chip.call("stator_sensor_start") == 0
    assert chip.take() == [("TIMER2.CTL0", 1)]


@pytest.mark.parametrize(
    ("half0", "half1", "samples"),
    [
        (0, HALF1, HALF),
        (HALF0 + 2, HALF1 + 2, HALF),
        (HALF0, HALF1 + 4, HALF),  # not neighbours
        (HALF1, HALF0, HALF),
        (HALF0, HALF0, 0),
        (HALF0, HALF0 + 2 * 0x8000, 0x8000),  # 65,536 items: one more than the DMA counts
        (0x08001000, 0x08001000 + 2 * HALF, HALF),  # flash
        (RAM + 0x8000 - 2 * HALF, RAM + 0x8000, HALF),  # past the end
    ],
)
def test_halves_that_one_circle_cannot_fill_are_refused_before_any_write(chip: Chip, half0: int, half1: int, samples: int) -> None:
    assert chip.call("stator_sensor_init", *halves(half0, half1, samples)) == EINVAL
    assert chip.take() == []


def test_adc_that_does_not_calibrate_is_an_error(chip: Chip) -> None:
    chip.calibrates = False
    assert chip.call("stator_sensor_init", *halves()) == EIO


def test_halves_alternate_and_no_sample_is_lost(chip: Chip) -> None:
    started(chip)
    for frame in range(5):
        chip.run(HALF)
        assert chip.call("gd32_adc_dma_interrupt") != FAILED
        assert chip.filled[-1][:2] == (frame % 2, (frame + 1) * HALF * DIVIDER)
        assert chip.half(frame % 2) == [(frame * HALF + 1 + i) & 0xFFF for i in range(HALF)]
        assert max(chip.half(frame % 2)) <= 4095
    assert {b[1] - a[1] for a, b in pairwise(chip.filled)} == {HALF * DIVIDER}


@pytest.mark.parametrize("late", [1, 17, HALF - 1])
def test_timestamps_are_exact_however_late_the_interrupt_runs(chip: Chip, late: int) -> None:
    started(chip)
    chip.run(HALF + late)
    assert chip.call("gd32_adc_dma_interrupt") != FAILED
    chip.run(HALF - late)
    assert chip.call("gd32_adc_dma_interrupt") != FAILED
    assert [f[:2] for f in chip.filled] == [(0, HALF * DIVIDER), (1, 2 * HALF * DIVIDER)]


def test_handler_clears_exactly_the_flags_it_saw(chip: Chip) -> None:
    started(chip)
    chip.run(HALF)
    assert chip.flags == 0b0101
    chip.call("gd32_adc_dma_interrupt")
    assert chip.take() == [("DMA0.INTC", 0b0100)]  # the global flag would clear one that comes in between
    chip.run(HALF)
    chip.call("gd32_adc_dma_interrupt")
    assert chip.take() == [("DMA0.INTC", 0b0010)]


def test_interrupt_without_cause_hands_nothing_over(chip: Chip) -> None:
    started(chip)
    chip.call("gd32_adc_dma_interrupt")
    assert chip.filled == []


@pytest.mark.parametrize("behind", [2, 3, 4, 5])
def test_late_interrupt_hands_over_only_the_half_that_is_whole(chip: Chip, behind: int) -> None:
    started(chip)
    chip.run(behind * HALF + 10)
    assert chip.call("gd32_adc_dma_interrupt") != FAILED
    assert [f[:2] for f in chip.filled] == [((behind - 1) % 2, behind * HALF * DIVIDER)]
    assert chip.half((behind - 1) % 2) == [((behind - 1) * HALF + 1 + i) & 0xFFF for i in range(HALF)]
    chip.run(HALF - 10)
    assert chip.call("gd32_adc_dma_interrupt") != FAILED
    assert chip.filled[-1][:2] == (behind % 2, (behind + 1) * HALF * DIVIDER)


def test_lost_sample_stops_the_firmware(chip: Chip) -> None:
    started(chip)
    chip.run(HALF)
    assert chip.call("gd32_adc_dma_interrupt") != FAILED
    chip.lost = HALF  # a whole half of conversions without a transfer
    chip.run(2 * HALF)
    assert chip.call("gd32_adc_dma_interrupt") == FAILED
    assert "sample" in chip.failure
    assert len(chip.filled) == 1


def test_dma_error_stops_the_firmware(chip: Chip) -> None:
    started(chip)
    chip.flags |= 0b1001
    assert chip.call("gd32_adc_dma_interrupt") == FAILED
    assert "DMA0 channel 0" in chip.failure
    assert chip.take() == [("DMA0.INTC", 0b1000)]


def test_timestamps_do_not_wrap_with_the_16_bit_counter(chip: Chip) -> None:
    started(chip)
    for _ in range(70):  # 71,680 samples
        chip.run(HALF)
        assert chip.call("gd32_adc_dma_interrupt") != FAILED
    assert chip.filled[-1][1] == 70 * HALF * DIVIDER
    assert {b[1] - a[1] for a, b in pairwise(chip.filled)} == {HALF * DIVIDER}


def test_uart_is_prepared_as_the_manual_says(chip: Chip) -> None:
    chip.call("stator_uart_init")
    assert chip.take() == [
        ("RCU.AHBEN", 0x14 | 1),
        ("RCU.APB2EN", 1 << 2 | 1 << 14),
        ("RCU.APB2RST", 1 << 14),
        ("RCU.APB2RST", 0),
        ("GPIOA.CTL1", 0x444444B4),  # PA9: alternate function, push-pull, 50 MHz
        ("USART0.BAUD", 938),  # 108 MHz / 115,200 = 937.5
        ("USART0.CTL2", 1 << 7),
        ("USART0.CTL0", 1 << 13 | 1 << 3),
    ]


def test_uart_sends_by_dma_and_tells_the_end(chip: Chip) -> None:
    chip.call("stator_uart_init")
    chip.memory[TEXT - RAM : TEXT - RAM + 5] = b"hello"
    chip.take()
    arguments = (ctypes.c_void_p(TEXT), ctypes.c_size_t(5))
    assert chip.call("stator_uart_send", *arguments) == 0
    control = 1 << 7 | 1 << 4 | 0b1010
    assert chip.take() == [
        ("DMA0.CH3CTL", 0),
        ("DMA0.INTC", 0b1110 << 12),
        ("DMA0.CH3CTL", control),
        ("DMA0.CH3PADDR", 0x40013804),
        ("DMA0.CH3MADDR", TEXT),
        ("DMA0.CH3CNT", 5),
        ("DMA0.CH3CTL", control | 1),
    ]
    assert chip.call("stator_uart_send", *arguments) == EBUSY
    chip.flags = 0b0101 << 12  # half of it
    chip.call("gd32_usart_dma_interrupt")
    assert chip.sent == 0
    chip.flags = 0b0011 << 12
    chip.call("gd32_usart_dma_interrupt")
    assert chip.sent == 1
    assert chip.call("stator_uart_send", *arguments) == 0
    assert chip.wire == b"hellohello"


@pytest.mark.parametrize(("at", "size"), [(0, 4), (TEXT, 0), (TEXT, 0x10000)])
def test_uart_refuses_what_dma_cannot_count(chip: Chip, at: int, size: int) -> None:
    chip.call("stator_uart_init")
    chip.take()
    assert chip.call("stator_uart_send", ctypes.c_void_p(at), ctypes.c_size_t(size)) == EINVAL
    assert chip.take() == []


def test_uart_error_stops_the_firmware(chip: Chip) -> None:
    chip.call("stator_uart_init")
    chip.flags = 0b1001 << 12
    assert chip.call("gd32_usart_dma_interrupt") == FAILED
    assert chip.sent == 0


def test_panic_prepares_the_port_if_need_be_and_polls(chip: Chip) -> None:
    chip.call("stator_uart_panic", ctypes.c_char_p(b"ab"))
    log = chip.take()
    assert log[0][0] == "RCU.AHBEN"
    assert log[-3:] == [("DMA0.CH3CTL", 0), ("USART0.DATA", ord("a")), ("USART0.DATA", ord("b"))]
    chip.call("stator_uart_panic", ctypes.c_char_p(b"c"))
    assert chip.take() == [("DMA0.CH3CTL", 0), ("USART0.DATA", ord("c"))]


def test_tick_comes_every_period_and_never_from_a_half_written_compare_value(chip: Chip) -> None:
    chip.value.update({"TIMER.MTIME": 0xFFFFFF00, "TIMER.MTIMEH": 1})
    chip.call("nuclei_timer_start", ctypes.c_uint32(0x1000))
    chip.call("nuclei_timer_next")
    assert chip.take() == [
        ("TIMER.MTIMECMPH", 0xFFFFFFFF),
        ("TIMER.MTIMECMP", 0xF00),
        ("TIMER.MTIMECMPH", 2),
        ("TIMER.MTIMECMPH", 0xFFFFFFFF),
        ("TIMER.MTIMECMP", 0x1F00),
        ("TIMER.MTIMECMPH", 2),
    ]


def test_software_interrupt_is_raised_and_settled_by_its_one_bit(chip: Chip) -> None:
    chip.call("nuclei_timer_raise")
    chip.call("nuclei_timer_settle")
    assert chip.take() == [("TIMER.MSIP", 1), ("TIMER.MSIP", 0)]


def test_temperature_is_the_inserted_group_behind_each_sample(chip: Chip) -> None:
    assert chip.call("stator_sensor_init", *halves()) == 0
    chip.take()
    assert chip.call("stator_temperature_init") == 0
    on = 1 | 1 << 20 | 4 << 17 | 1 << 8
    assert chip.take() == [
        ("ADC0.SAMPT0", 7 << 18),  # channel 16, 239.5 clocks
        ("ADC0.ISQ", 16 << 15),  # a group of one: ISQ3
        ("ADC0.CTL1", on | 1 << 23),  # TSVREN, no trigger of its own
        ("ADC0.CTL0", 1 << 10),  # ICA
    ]
    assert chip.call("stator_sensor_start") == 0
    chip.take()
    for volts, expected in ((1.45, 25.0), (1.45 - 0.0041 * 60, 85.0), (1.45 + 0.0041 * 45, -20.0)):
        chip.value["ADC0.IDATA0"] = round(volts * 4096 / 3.3)
        hundredths = ctypes.c_int32()
        chip.call("stator_temperature_start")
        assert chip.call("stator_temperature_take", ctypes.byref(hundredths)) == 0
        assert abs(hundredths.value / 100 - expected) < 0.11, "half a count is a tenth of a degree"
    assert chip.take() == [], "nothing is written while samples come"


@pytest.mark.parametrize(("divider", "channels"), [(2160, 1), (5300, 6)])
def test_sampling_that_leaves_no_room_for_it_has_no_temperature(divider: int, channels: int, tmp_path: Path) -> None:
    chip = Chip(made(tmp_path, divider, f"-DSTATOR_CHANNELS={channels}u"))
    assert chip.call("stator_temperature_init") == ENODEV
    assert chip.take() == []


def test_interrupt_numbers_are_those_of_the_manual() -> None:
    numbers = {name: number for number, name in described("gd32vf103").interrupts}
    assert (numbers["DMA0_Channel0"], numbers["DMA0_Channel3"], numbers["ADC0_1"], numbers["USART0"]) == (30, 33, 37, 56)
