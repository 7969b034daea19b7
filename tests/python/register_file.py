"""A chip's registers on the host, out of the same SVD file as the drivers' header: what each access must be, and a log of all writes.

Checked for every access: the address is a register of a peripheral that the board asks for, the width is the one the chip takes,
read-only registers are not written and write-only ones not read, reserved bits keep their reset value.
Peripherals behave only as far as a test's model (a subclass) makes them.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from stator.board import Board, load_board
from stator.cmake import drivers as drivers_of
from stator.paths import FIRMWARE, ROOT
from stator.svd import Chip as SvdChip
from stator.svd import Register, chip_of, header

READ = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint)
WRITE = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint)
CSR = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_int)
FILLED = ctypes.CFUNCTYPE(None, ctypes.c_uint, ctypes.c_uint64, ctypes.c_uint32)
SENT = ctypes.CFUNCTYPE(None)
FAILED = -1000  # of hooks_call()
RAM_AT, RAM_BYTES = 0x20000000, 0x80000  # where both chips have their RAM, so that addresses of buffers fit a register


def _reserve_ram() -> bool:
    """Maps the chips' RAM in this process: when tests are collected, before the heap of a Python at a fixed address may grow that far."""
    mmap = ctypes.CDLL(None, use_errno=True).mmap
    mmap.restype = ctypes.c_void_p
    mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    private, anonymous, fixed_noreplace = 0x02, 0x20, 0x100000
    read_write = 3
    return bool(mmap(RAM_AT, RAM_BYTES, read_write, private | anonymous | fixed_noreplace, -1, 0) == RAM_AT)


_ram_is_there = _reserve_ram()


@lru_cache
def described(board_name: str) -> SvdChip:
    """What the SVD file says of the board's peripherals."""
    return chip_of(load_board(board_name))[0]


class Hooks(ctypes.Structure):
    _fields_ = [("read", READ), ("write", WRITE), ("csr", CSR), ("filled", FILLED), ("sent", SENT)]


def build(board: Board, folder: Path, divider: int, extra: tuple[str, ...] = ()) -> Path:
    """The board's file and all of its drivers as a library of this machine. Returns its path."""
    chip, origin = chip_of(board)
    (folder / "registers.h").write_text(header(chip, origin, board.interrupts), encoding="utf-8")
    (folder / "memory_plan.h").write_text(f"#include <stdint.h>\n#define STATOR_SAMPLE_DIVIDER {divider}u\n", encoding="utf-8")
    drivers = FIRMWARE / "drivers"
    sources = [ROOT / "tests/firmware/drivers/hooks.c", board.folder / "board.c"]
    for name in sorted({*drivers_of(board)} - {"riscv_mcycle"}):
        sources += sorted((drivers / name).glob("*.c"))
    library = folder / "drivers.so"
    flags = ["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion", "-fPIC", "-shared"]
    flags += ["-fsanitize=undefined", "-fno-sanitize-recover=all", "-DSTATOR_REGISTER_HOOK", f"-DSTATOR_CLOCK_HZ={board.clock_hz}u"]
    includes = [f"-I{p}" for p in (folder, FIRMWARE / "include", drivers)]
    subprocess.run(["gcc", *flags, *extra, *includes, *map(str, sources), "-o", str(library)], check=True, timeout=120)
    return library


class Registers:
    """All registers of a board, at their reset values. `log` has every write as (name, value), reads are not logged."""

    core: dict[int, tuple[str, int]] = {}  # registers of the core, which no SVD file has: address -> name, bytes
    zeros: frozenset[str] = frozenset()  # registers whose reserved bits are written as 0 though they are 1 after reset

    def __init__(self, board_name: str) -> None:
        self.log: list[tuple[str, int]] = []
        self.errors: list[str] = []
        self.where: dict[int, tuple[str, Register]] = {}
        self.address: dict[str, int] = {}
        self.value: dict[str, int] = {}
        for peripheral in described(board_name).peripherals:
            for register in peripheral.registers:
                for i in range(register.count):
                    name = f"{peripheral.name}.{register.name}" + (f"[{i}]" if register.indexed else "")
                    at = peripheral.base + register.offset + i * register.stride
                    self.where.setdefault(at, (name, register))
                    self.address[name] = at
                    self.value[name] = register.reset

    # What a model overrides.
    def on_read(self, name: str, value: int) -> int:
        """What a read gives; `value` is what is stored."""
        return value

    def on_write(self, name: str, value: int, before: int) -> int:
        """What is stored by a write; effects go here."""
        return value

    def check(self, name: str) -> None:
        """Whether the peripheral may be accessed at all (clocks)."""

    # What a test calls.
    def verify(self) -> None:
        assert not self.errors, "\n".join(self.errors)

    def take(self) -> list[tuple[str, int]]:
        """The writes since the last take()."""
        log, self.log = self.log, []
        return log

    # Accesses. No exception may leave them: C is below.
    def _guard(self, act: Callable[[], int]) -> int:
        try:
            return act()
        except Exception as error:  # told by verify()
            self.errors.append(f"{type(error).__name__}: {error}")
            return 0

    def _find(self, address: int, size: int) -> tuple[str, Register | None]:
        if address in self.core:
            name, wanted = self.core[address]
            assert size == wanted, f"{name} accessed with {size} bytes"
            return name, None
        assert address in self.where, f"{address:#010x} is no register of this board"
        name, register = self.where[address]
        assert size == 4, f"{name} accessed with {size} bytes"
        self.check(name)
        return name, register

    def read(self, address: int, size: int) -> int:
        def act() -> int:
            name, register = self._find(address, size)
            assert register is None or register.access != "write-only", f"{name} is write-only and was read"
            return self.on_read(name, self.value.get(name, 0))

        return self._guard(act)

    def write(self, address: int, value: int, size: int) -> None:
        def act() -> int:
            name, register = self._find(address, size)
            if register is not None:
                assert register.access != "read-only", f"{name} is read-only and was written"
                reserved = ~register.mask & 0xFFFFFFFF
                kept = 0 if name in self.zeros else register.reset & reserved
                assert value & reserved == kept, f"{name} = {value:#x}: reserved bits {(value ^ kept) & reserved:#x}"
            self.log.append((name, value))
            self.value[name] = self.on_write(name, value, self.value.get(name, 0))
            return 0

        self._guard(act)


class RegisterFile(Registers):
    """The registers below drivers that were built for this machine."""

    def __init__(self, board_name: str, library: Path) -> None:
        super().__init__(board_name)
        self.filled: list[tuple[int, int, int]] = []  # index, timestamp, entered_at
        self.sent = 0
        self.csr: list[tuple[int, int, int]] = []
        self.lib = ctypes.CDLL(str(library))
        hooks = Hooks.in_dll(self.lib, "hooks")
        self._keep = (READ(self.read), WRITE(self.write), CSR(self._csr), FILLED(self._filled), SENT(self._sent))
        hooks.read, hooks.write, hooks.csr, hooks.filled, hooks.sent = self._keep

    def call(self, function: str, *arguments: Any) -> int:
        """Calls a function of the drivers; raises AssertionError if any access of it was wrong.

        One without arguments may come to stator_fail(): then it gives FAILED, and `failure` says why.
        """
        target = getattr(self.lib, function)
        target.restype = ctypes.c_int
        status = target(*arguments) if arguments else self.lib.hooks_call(ctypes.cast(target, ctypes.c_void_p))
        self.verify()
        return int(status)

    @property
    def failure(self) -> str:
        return bytes((ctypes.c_char * 128).in_dll(self.lib, "hooks_failure").value).decode()

    def ram(self, at: int, size: int) -> memoryview:
        """Memory of the chip: `size` bytes at address `at`, shared by all tests of this process."""
        assert RAM_AT <= at <= at + size <= RAM_AT + RAM_BYTES, f"{at:#x} is outside the chips' RAM"
        assert _ram_is_there, f"this machine has no room at {RAM_AT:#x}"
        return memoryview((ctypes.c_uint8 * size).from_address(at)).cast("B")

    def _csr(self, number: int, value: int, is_set: int) -> None:
        self.csr.append((number, value, is_set))

    def _filled(self, index: int, timestamp: int, entered_at: int) -> None:
        self.filled.append((index, timestamp, entered_at))

    def _sent(self) -> None:
        self.sent += 1
