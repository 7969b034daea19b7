"""The parts of an nRF5340 that the firmware relies on, moved by register contents alone (nRF5340 Product Specification 1.6).

Events publish to DPPI channels and tasks subscribe to them as the registers say; EasyDMA reads and writes RAM only.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.python.register_file import Registers

RAM = 0x20000000
EN = 1 << 31


class Nrf5340(Registers):
    """The peripherals. `memory` is the RAM from RAM on; `clocks` is the time, in periods of 64 MHz; `wire` is what was sent."""

    core = {
        0x00FF0134: ("FICR_VARIANT", 4),
        0x50004604: ("TRIMMED", 4),
        **{a: (f"ERRATA_160[{i}]", 4) for i, a in enumerate((0x5000470C, 0x5000493C, 0x50002118, 0x50039E04, 0x50039E08))},
        **{a: (f"ERRATA_160[{i + 5}]", 4) for i, a in enumerate((0x50101110, 0x50002124, 0x5000212C, 0x502012A0))},
    }
    # Reset is "disconnected", all ones; a pin is written as its plain number (PS, PSEL.TXD).
    zeros = frozenset({"UARTE0.PSEL_TXD", "TWIM1.PSEL_SCL", "TWIM1.PSEL_SDA"})

    memory: memoryview
    counts: Sequence[int] | None = None  # of the ADC, looped; None: samples count themselves

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # the other base may want a library
        self.subscribers = [name for name in self.value if ".SUBSCRIBE_" in name]
        self.dead: set[str] = set()  # events that never come
        self.started = {"TIMER0": False, "TIMER1": False, "TIMER2": False}
        self.counter = 0
        self.latched = (0, 0)
        self.amount = 0
        self.clocks = 0
        self.converting = False
        self.next_sample = 0
        self.wire = b""
        self.value["GPIO1.IN"] = 0xFFFFFFFF  # pulled up
        self.temperature: bytes | None = b"\x15\x00"  # register 0 of the TMP102 at 0x48; None: nobody is there

    def event(self, peripheral: str, name: str) -> None:
        register = f"{peripheral}.EVENTS_{name}"
        if register in self.dead:
            return
        self.value[register] = 1
        publish = self.value.get(f"{peripheral}.PUBLISH_{name}", 0)
        channel = publish & 0xFF
        if publish & EN and self.value["DPPIC.CHEN"] >> channel & 1:
            for subscriber in self.subscribers:
                if self.value[subscriber] & (EN | 0xFF) == EN | channel:
                    owner, _, task = subscriber.partition(".")
                    self.task(owner, task.removeprefix("SUBSCRIBE_"))

    def task(self, peripheral: str, name: str) -> None:
        match peripheral, name:
            case "CLOCK", "HFCLKSTART":
                self.event("CLOCK", "HFCLKSTARTED")
            case "SAADC", "CALIBRATEOFFSET":
                assert self.value["SAADC.ENABLE"] == 1
                self.event("SAADC", "CALIBRATEDONE")
            case "SAADC", "START":
                assert self.value["SAADC.ENABLE"] == 1
                self.latched = (self.value["SAADC.RESULT_PTR"], self.value["SAADC.RESULT_MAXCNT"])
                assert RAM <= self.latched[0] < RAM + 0x80000, "EasyDMA reaches RAM only"
                self.amount = 0
                self.event("SAADC", "STARTED")
            case "SAADC", "STOP":
                self.event("SAADC", "END")
                self.event("SAADC", "STOPPED")
            case "SAADC", "SAMPLE":
                self.converting = True  # for some 12 us
            case (("TIMER0" | "TIMER1" | "TIMER2"), ("START" | "STOP")):
                self.started[peripheral] = name == "START"
            case (("TIMER0" | "TIMER1"), "CLEAR"):
                pass
            case "TIMER2", "CLEAR":
                self.counter = 0
            case "TIMER2", "COUNT":
                assert self.value["TIMER2.MODE"] in (1, 2), "only a counter counts"
                if self.started["TIMER2"]:
                    self.counter = (self.counter + 1) & 0xFFFFFFFF
            case "TIMER2", "CAPTURE[0]":
                self.value["TIMER2.CC[0]"] = self.counter
            case "UARTE0", "STARTTX":
                at, size = self.value["UARTE0.TXD_PTR"], self.value["UARTE0.TXD_MAXCNT"]
                assert RAM <= at <= at + size <= RAM + 0x80000, "EasyDMA reaches RAM only"
                self.wire += bytes(self.memory[at - RAM : at - RAM + size])
                self.sending(size)
            case "UARTE0", "STOPTX":
                self.event("UARTE0", "TXSTOPPED")
            case "TWIM1", "STARTTX":
                self.ask()
            case "TWIM1", "STOP":
                self.event("TWIM1", "STOPPED")
            case "WDT0", "START":
                assert self.value["WDT0.CRV"] > 0
                self.value["WDT0.RUNSTATUS"] = 1
            case _:
                raise AssertionError(f"{peripheral} has no task {name} in this model")

    def on_write(self, name: str, value: int, before: int) -> int:
        peripheral, _, register = name.partition(".")
        if register.startswith("TASKS_"):
            assert value == 1
            self.task(peripheral, register.removeprefix("TASKS_"))
            return 0
        if register.startswith("EVENTS_"):
            assert value == 0, "firmware only clears events"
        if register in ("MODE", "BITMODE", "PRESCALER") and peripheral in self.started:
            assert not self.started[peripheral], f"{name} written while the timer runs"
        if name.startswith("WDT0.RR["):
            assert value == 0x6E524635, "the only word that feeds"
        if register == "CHENSET":
            self.value["DPPIC.CHEN"] |= value
        if register in ("INTENSET", "INTENCLR"):
            enabled = self.value[f"{peripheral}.INTEN"]
            self.value[f"{peripheral}.INTEN"] = enabled | value if register == "INTENSET" else enabled & ~value
        return value

    def ask(self) -> None:
        """TWIM1: a byte of 0 to the sensor and, by its shortcuts, what is asked for back."""
        v = self.value
        assert (v["TWIM1.ENABLE"], v["TWIM1.FREQUENCY"]) == (6, 0x01980000), "100 kHz"
        if self.temperature is None or v["TWIM1.ADDRESS"] != 0x48:
            v["TWIM1.ERRORSRC"] |= 2  # ANACK
            self.event("TWIM1", "ERROR")
            return
        sent, to, count = (v[f"TWIM1.{name}"] for name in ("TXD_PTR", "RXD_PTR", "RXD_MAXCNT"))
        assert RAM <= sent < RAM + 0x80000 and RAM <= to <= to + count <= RAM + 0x80000, "EasyDMA reaches RAM only"
        assert (v["TWIM1.TXD_MAXCNT"], self.memory[sent - RAM]) == (1, 0), "register 0"
        assert v["TWIM1.SHORTS"] == 1 << 7 | 1 << 12, "LASTTX starts RX, LASTRX stops"
        self.memory[to - RAM : to - RAM + count] = self.temperature[:count]
        v["TWIM1.RXD_AMOUNT"] = count
        self.event("TWIM1", "STOPPED")

    def sending(self, size: int) -> None:
        """So many bytes have been started; whoever knows the time gives ENDTX."""

    def sample(self) -> None:
        assert self.amount < self.latched[1], "a conversion with no room in the buffer"
        value = self.counts[self.next_sample % len(self.counts)] if self.counts is not None else (self.next_sample + 1) & 0x7FF
        self.next_sample += 1
        struct.pack_into("<h", self.memory, self.latched[0] - RAM + 2 * self.amount, value)
        self.amount += 1
        if self.amount == self.latched[1]:
            self.event("SAADC", "END")

    def period(self, timer: str = "TIMER1") -> int:
        """Clocks of one period of a timer, which must be set up to give one."""
        assert self.started[timer]
        assert self.value[f"{timer}.SHORTS"] & 1, "COMPARE0 clears the timer"
        assert (self.value[f"{timer}.MODE"], self.value[f"{timer}.PRESCALER"], self.value[f"{timer}.BITMODE"]) == (0, 0, 3)
        return 4 * self.value[f"{timer}.CC[0]"]  # the timer counts 16 MHz

    def sampling_period(self) -> None:
        """TIMER1 has come round."""
        self.event("TIMER1", "COMPARE[0]")
        if self.converting:
            self.converting = False
            self.sample()
