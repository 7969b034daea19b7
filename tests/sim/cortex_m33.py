"""An Arm image on Unicorn's Cortex-M33 with a model of a chip around it.

Unicorn executes instructions and knows the stack pointers; it takes no interrupts. NVIC, SysTick, exception entry and return are here,
after the Armv8-M Architecture Reference Manual (B3.21 to B3.23 exceptions, B11.1 SysTick); secure state only, no FPU context. One
instruction is one clock: order and values are real, times are not.
"""

from __future__ import annotations

import ctypes
import importlib
import struct
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

from stator.telemetry import Decoder
from tests.python.nrf5340_model import RAM, Nrf5340

unicorn: Any = importlib.import_module("unicorn")  # its types are not for mypy
arm: Any = importlib.import_module("unicorn.arm_const")

SVC, PENDSV, SYSTICK = 11, 14, 15
ISB = b"\xbf\xf3\x6f\x8f"
WFI = b"\x30\xbf"
SLICE = 2000  # instructions between looks at the chip
STACKED = (arm.UC_ARM_REG_R0, arm.UC_ARM_REG_R1, arm.UC_ARM_REG_R2, arm.UC_ARM_REG_R3, arm.UC_ARM_REG_R12, arm.UC_ARM_REG_LR)
BYTE_CLOCKS = 5556  # of 64 MHz, for ten bits at 115,200 baud
EXCEPTION_EXIT, SUPERVISOR_CALL = 8, 2  # Unicorn's interrupt numbers


class Chip(Nrf5340):
    """The nRF5340 with time: sampling periods and sent bytes come when they are due."""

    core = {
        **Nrf5340.core,
        **{0xE000E400 + n: (f"NVIC_IPR[{n}]", 1) for n in range(69)},
        **{0xE000E100 + 4 * n: (f"NVIC_ISER[{n}]", 4) for n in range(3)},
        0xE000E010: ("SYST_CSR", 4),
        0xE000E014: ("SYST_RVR", 4),
        0xE000E018: ("SYST_CVR", 4),
        0xE000ED04: ("ICSR", 4),
        0xE000ED08: ("VTOR", 4),
        0xE000ED0C: ("AIRCR", 4),
        0xE000ED1C: ("SHPR2", 4),
        0xE000ED20: ("SHPR3", 4),
        0xE000ED24: ("SHCSR", 4),
        0xE000ED90: ("MPU_TYPE", 4),
        0xE000ED94: ("MPU_CTRL", 4),
        0xE000ED98: ("MPU_RNR", 4),
        0xE000ED9C: ("MPU_RBAR", 4),
        0xE000EDA0: ("MPU_RLAR", 4),
        0xE000EDC0: ("MPU_MAIR0", 4),
        0xE000EDFC: ("DEMCR", 4),
        0xE0001000: ("DWT_CTRL", 4),
        0xE0001004: ("DWT_CYCCNT", 4),
    }

    def __init__(self) -> None:
        super().__init__("nrf5340")
        self.buffer = (ctypes.c_uint8 * 0x80000)()
        self.memory = memoryview(self.buffer).cast("B")
        self.memory[:] = b"\xa7" * 0x80000  # nobody may count on zeros
        self.pending: set[int] = set()
        self.next_sample_at: int | None = None
        self.sent_at: int | None = None
        self.tick_at: int | None = None
        self.period_at: int | None = None  # TIMER0's

    def on_read(self, name: str, value: int) -> int:
        return {"DWT_CYCCNT": self.clocks & 0xFFFFFFFF, "MPU_TYPE": 8 << 8}.get(name, value)

    def on_write(self, name: str, value: int, before: int) -> int:
        if name == "ICSR":
            self.pending |= {PENDSV} if value >> 28 & 1 else set()
            self.pending -= {PENDSV} if value >> 27 & 1 else set()
        elif name == "SYST_CSR":
            self.tick_at = self.clocks + self.value["SYST_RVR"] + 1 if value & 1 else None
        elif name.startswith("NVIC_ISER"):
            return before | value
        elif name.startswith("NVIC_IPR"):
            return value & 0xE0  # three bits exist
        stored = super().on_write(name, value, before)
        if name == "TIMER0.TASKS_START":
            self.period_at = self.clocks + self.period("TIMER0")
        if name == "TIMER1.TASKS_START":
            self.next_sample_at = self.clocks + self.period()
        return stored

    def sending(self, size: int) -> None:
        self.sent_at = self.clocks + size * BYTE_CLOCKS

    def happen(self) -> None:
        """What is due by now."""
        while self.next_sample_at is not None and self.clocks >= self.next_sample_at:
            self.next_sample_at += self.period()
            self.sampling_period()
        if self.period_at is not None and self.clocks >= self.period_at:
            self.period_at += self.period("TIMER0")
            self.event("TIMER0", "COMPARE[0]")
        if self.sent_at is not None and self.clocks >= self.sent_at:
            self.sent_at = None
            self.event("UARTE0", "ENDTX")
        if self.tick_at is not None and self.clocks >= self.tick_at:
            self.tick_at += self.value["SYST_RVR"] + 1
            self.pending |= {SYSTICK} if self.value["SYST_CSR"] & 2 else set()

    def soonest(self) -> int:
        times = (self.next_sample_at, self.sent_at, self.tick_at, self.period_at)
        return min((t for t in times if t is not None), default=self.clocks + SLICE)

    def lines(self) -> set[int]:
        """Exceptions that wait: what was set pending, and device lines that are up (an event that is enabled) and let through."""
        on = self.value.get("NVIC_ISER[0]", 0)
        saadc = self.value["SAADC.INTEN"] & (self.value["SAADC.EVENTS_STARTED"] | self.value["SAADC.EVENTS_END"] << 1)
        uarte = self.value["UARTE0.INTEN"] >> 8 & self.value["UARTE0.EVENTS_ENDTX"]
        timer = self.value.get("TIMER0.INTEN", 0) >> 16 & self.value["TIMER0.EVENTS_COMPARE[0]"]
        return self.pending | {16 + n for n, up in ((14, saadc), (8, uarte), (15, timer)) if up and on >> n & 1}

    def priority(self, exception: int) -> int:
        """Of eight levels; the core keeps the upper three bits."""
        if exception >= 16:
            return self.value.get(f"NVIC_IPR[{exception - 16}]", 0)
        shifts = {SVC: ("SHPR2", 24), PENDSV: ("SHPR3", 16), SYSTICK: ("SHPR3", 24)}
        name, shift = shifts[exception]
        return self.value.get(name, 0) >> shift & 0xE0


class Machine:
    """Runs an image from reset."""

    def __init__(self, elf: Path, chip: Chip) -> None:
        self.chip = chip
        self.uc = uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M33)
        uc.mem_map(0, 0x100000, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        uc.mem_map_ptr(RAM, 0x80000, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE, ctypes.addressof(chip.buffer))
        for base, size in ((0x00FF0000, 0x10000), (0x50000000, 0x1000000), (0xE0000000, 0x100000)):
            uc.mmio_map(base, size, self._read, base, self._write, base)
        with elf.open("rb") as file:
            for part in ELFFile(file).iter_segments():
                if part["p_type"] == "PT_LOAD" and part["p_filesz"]:
                    uc.mem_write(part["p_paddr"], part.data())
        flash = bytes(uc.mem_read(0, 0x100000))
        at = flash.find(ISB)
        while at >= 0:  # from a barrier on, what was set pending must have been taken
            uc.hook_add(unicorn.UC_HOOK_CODE, self._barrier, None, at, at)
            at = flash.find(ISB, at + 1)
        uc.hook_add(unicorn.UC_HOOK_INTR, self._trap)
        stack, self.pc = struct.unpack("<II", flash[:8])
        uc.reg_write(arm.UC_ARM_REG_MSP, stack)
        uc.reg_write(arm.UC_ARM_REG_SP, stack)
        self.active: list[int] = []
        self.trap = 0
        self.taken: dict[int, int] = {}

    def run(self, frames: int, most_clocks: int) -> bytes:
        """Until so many decisions have been sent. Raises AssertionError for a forbidden access, or when too late."""
        chip, decoder, taken = self.chip, Decoder(), 0
        while len(decoder.records) < frames or chip.sent_at is not None:
            exception = self._next()
            if exception is not None:
                self._enter(exception)
            self._execute(min(SLICE, max(1, chip.soonest() - chip.clocks)))
            chip.happen()
            chip.verify()
            decoder.feed(chip.wire[taken:])
            taken = len(chip.wire)
            assert decoder.failure is None, decoder.failure
            assert chip.clocks < most_clocks, f"{len(decoder.records)} frames in {chip.clocks} clocks, pc {self.pc:#x}"
        return chip.wire

    def _execute(self, count: int) -> None:
        self.trap = 0
        self.uc.emu_start(self.pc | 1, 0xFFFFFFFE, count=count)
        self.pc = self.uc.reg_read(arm.UC_ARM_REG_PC)
        self.chip.clocks += count
        if self.trap == EXCEPTION_EXIT:
            self._leave(self.pc)
        elif self.trap == SUPERVISOR_CALL:
            self._enter(SVC)
        elif 2 <= self.pc < 0x100000 and bytes(self.uc.mem_read((self.pc & ~1) - 2, 2)) == WFI and self._next() is None:
            self.chip.clocks = max(self.chip.clocks, self.chip.soonest())

    def _next(self) -> int | None:
        """The exception that the core would take now."""
        running = min((self.chip.priority(n) for n in self.active), default=256)
        masked = self.uc.reg_read(arm.UC_ARM_REG_BASEPRI)
        limit = min(running, masked or 256, 0 if self.uc.reg_read(arm.UC_ARM_REG_PRIMASK) & 1 else 256)
        best = min(((self.chip.priority(n), n) for n in self.chip.lines()), default=(256, 0))
        return best[1] if best[0] < limit else None

    def _enter(self, exception: int) -> None:
        uc = self.uc
        thread = not self.active
        psp = thread and uc.reg_read(arm.UC_ARM_REG_CONTROL) & 2
        sp, xpsr = uc.reg_read(arm.UC_ARM_REG_SP), uc.reg_read(arm.UC_ARM_REG_XPSR) & ~(1 << 9) | 1 << 24
        xpsr |= (sp & 4) << 7  # bit 9: the frame was aligned by a word
        frame = (sp - 32) & ~7
        uc.mem_write(frame, struct.pack("<8I", *(uc.reg_read(r) for r in STACKED), self.pc & ~1, xpsr))
        uc.reg_write(arm.UC_ARM_REG_SP, frame)
        uc.reg_write(arm.UC_ARM_REG_XPSR, xpsr & 0xF80F0000 | 1 << 24 | exception)  # handler mode, main stack
        uc.reg_write(arm.UC_ARM_REG_LR, 0xFFFFFFFD if psp else 0xFFFFFFF9 if thread else 0xFFFFFFF1)
        self.active.append(exception)
        self.taken[exception] = self.taken.get(exception, 0) + 1
        self.chip.pending.discard(exception)
        (self.pc,) = struct.unpack("<I", uc.mem_read(4 * exception, 4))
        assert self.pc & 1, f"vector {exception} is no Thumb function"

    def _leave(self, exc_return: int) -> None:
        uc = self.uc
        assert exc_return >> 4 == 0xFFFFFFF, f"EXC_RETURN {exc_return:#x}"
        self.active.pop()
        now = self.active[-1] if self.active else 0
        uc.reg_write(arm.UC_ARM_REG_XPSR, 1 << 24 | now)
        if not self.active:
            uc.reg_write(arm.UC_ARM_REG_CONTROL, uc.reg_read(arm.UC_ARM_REG_CONTROL) & ~2 | (exc_return & 4) >> 1)
        sp = uc.reg_read(arm.UC_ARM_REG_SP)
        *registers, self.pc, xpsr = struct.unpack("<8I", uc.mem_read(sp, 32))
        uc.reg_write(arm.UC_ARM_REG_SP, sp + 32 + (xpsr >> 7 & 4))
        for register, value in zip(STACKED, registers, strict=True):
            uc.reg_write(register, value)
        uc.reg_write(arm.UC_ARM_REG_XPSR, xpsr & ~(0x1FF | 1 << 9) | 1 << 24 | now)

    def _barrier(self, _uc: object, _address: int, _size: int, _data: object) -> None:
        if self._next() is not None:
            self.uc.emu_stop()

    def _trap(self, _uc: object, number: int, _data: object) -> None:
        self.trap = number
        self.uc.emu_stop()

    def _read(self, _uc: object, offset: int, size: int, base: int) -> int:
        return self.chip.read(base + offset, size)

    def _write(self, _uc: object, offset: int, size: int, value: int, base: int) -> None:
        self.chip.write(base + offset, value, size)
