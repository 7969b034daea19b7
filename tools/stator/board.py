"""Boards: what a chip and its surroundings are, each fact from a manual. One folder of `boards/`, or any folder by its path."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, StrictBool, StringConstraints, field_validator, model_validator

from stator.errors import ConfigError
from stator.paths import BOARDS
from stator.yamlfile import Section, nearest, read, shown

NAME = re.compile(r"[a-z][a-z0-9_]*")
Name = Annotated[str, StringConstraints(pattern=rf"^{NAME.pattern}$", max_length=64)]
Program = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]+$", max_length=64)]
Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*$", max_length=400)]
Address = Annotated[int, Field(ge=0, le=0xFFFF_FFFF)]
Hz = Annotated[int, Field(gt=0, le=0xFFFF_FFFF)]  # a uint32_t in the firmware

HALF_SAMPLES = 1024  # STATOR_HALF_SAMPLES where the model asks for no other block


class Region(Section):
    """Memory that code or data may lie in; `dma`: the sensor's DMA can write (RAM) or read (flash) it; `wait_states` of an access: what
    has fewer is filled first."""

    at: Address
    bytes: PositiveInt
    kind: Literal["flash", "ram"]
    dma: StrictBool = False
    wait_states: Annotated[int, Field(ge=0, le=1000)] = 0

    @property
    def end(self) -> int:
        """The first address past the region."""
        return self.at + self.bytes


class Counter(Section):
    """stator_clock_now(): how often it counts, and what one unit is."""

    hz: Hz
    unit: Literal["instruction", "tick", "cycle"]


class Sensor(Section):
    """The sampling chain. The timer's clock is divided once per scan of its channels, or once per half."""

    driver: Name  # a folder of firmware/drivers
    trigger: Line  # what starts a conversion or a transfer, for people
    clock_hz: Hz  # the sampling timer's clock
    divides: Literal["sample", "block"]
    divider_bits: Annotated[int, Field(ge=1, le=64)] = 32  # width of the timer
    bits: Annotated[int, Field(ge=8, le=16)] = 12
    signed: StrictBool = True
    channels: Annotated[int, Field(ge=1, le=8)] = 1  # of a scan, at most
    max_hz: Hz | None = None  # conversions a second, at most
    half_most: PositiveInt | None = None  # samples of a half, at most: where one DMA transfer counts no further and none is chained


class Temperature(Section):
    """A temperature sensor; without it there is no temperature."""

    driver: Name  # a folder of firmware/drivers
    simulated: Line = ""  # what a scenario gives its temperature to: a device's id on QEMU, a peripheral's name on Renode


class Registers(Section):
    """Where the chip's registers are described, and which peripherals the drivers use: the name in C -> the name in the SVD file."""

    crate: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$", max_length=64)]  # of third_party/Cargo.toml
    file: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.svd$", max_length=120)]  # inside the crate
    peripherals: Annotated[dict[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=32)], Line], Field(min_length=1)]


class Simulator(Section):
    """How to run an image without the board."""

    kind: Literal["qemu", "renode", "host", "verilator"]
    binary: Program | Literal[""] = ""
    machine: Line = ""
    cpu: Line = ""
    icount_shift: Annotated[int, Field(ge=0, le=10)] | None = None  # one instruction is 2^shift ns of virtual time
    spins: StrictBool = False  # qemu: idle firmware spins instead of sleeping, since timers come late to a sleeping core (docs/boards/)
    design: Line = ""  # verilator: a core of tools/stator/sim/rtl
    parameters: dict[Program, int] = Field(default_factory=dict)  # and its SystemVerilog parameters
    signal_at: Address | None = None  # where the recorded signal is put
    signal_bytes: PositiveInt | None = None
    arguments: tuple[Line, ...] = ()  # further arguments of the simulator
    note: Line = ""


Function = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]


class Timing(Section):
    """What the response-time analysis must know (docs/timing.md). Interrupts by their names in `interrupts`, or of the core's own timer."""

    handlers: Annotated[dict[Name, Function], Field(min_length=1)]  # interrupt -> function, of all that the firmware uses but the tick
    sensor: Annotated[tuple[Name, ...], Field(min_length=1)]  # from the sampling timer on; the last hands the half over
    telemetry: Name
    telemetry_bytes: PositiveInt  # from one of its interrupts to the next, at least
    telemetry_at_once: StrictBool = False  # the simulator takes a line in no time: its interrupts come one upon the other
    baud: PositiveInt = 115200
    cycles_per_instruction: Annotated[float, Field(ge=1, le=10)] = 1.0
    interrupt_cycles: NonNegativeInt = 0  # the core's own, into and out of an interrupt
    source: Line  # of these two figures
    like: Name | None = None  # the simulated board that tasks are measured on, where this one has no simulator


class Power(Section):
    """What the board draws from its supply: all of it, at `clock_hz`, sampling. A current that nobody measured or stated is left out."""

    supply_mv: PositiveInt
    run_ua: PositiveFloat | None = None  # while the core is awake
    sleep_ua: PositiveFloat | None = None  # while it sleeps between two halves
    battery_mah: PositiveFloat | None = None
    source: Line  # the document or the measurement


class Word(Section):
    """A register by its peripheral's name in `registers` and its own, and what to write to it."""

    to: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*\.[A-Z][A-Z0-9_]*$", max_length=64)]
    value: Annotated[int, Field(ge=0, le=0xFFFF_FFFF)]


class Flash(Section):
    """How an image gets onto the board: the program, the chip's name for probe-rs or the scripts for OpenOCD."""

    runner: Literal["probe-rs", "openocd"]
    chip: Line = ""
    scripts: tuple[Line, ...] = ()
    then_write: tuple[Word, ...] = ()  # by the debugger, in this order, after the image

    @model_validator(mode="after")
    def _complete(self) -> Flash:
        if self.runner == "probe-rs" and (not self.chip or self.scripts):
            raise ValueError("probe-rs takes 'chip', and no 'scripts'")
        if self.runner == "openocd" and (not self.scripts or self.chip or self.then_write):
            raise ValueError("openocd takes 'scripts', and neither 'chip' nor 'then_write'")
        return self


class Board(Section):
    """`board.yml`. Addresses and sizes are bytes, frequencies Hz."""

    name: Name
    folder: Path
    title: Line
    core: Line  # cortex-m33 | rv32imac | host
    isa: Literal["arm", "riscv", "host"]  # picks the CMake toolchain file
    kernels: Annotated[tuple[Name, ...], Field(min_length=1)]  # kernel variants, the preferred one first
    clock_hz: Hz
    memory: Annotated[dict[Name, Region], Field(min_length=1)]
    counter: Counter
    sensor: Sensor
    temperature: Temperature | None = None
    telemetry: Literal["uart", "rtt"] = "uart"  # the serial port, or memory that a debugger reads (docs/telemetry.md)
    drivers: tuple[Name, ...] = ()  # further folders of firmware/drivers
    interrupts: dict[Name, NonNegativeInt] = Field(default_factory=dict)  # priorities as the core counts them
    timing: Timing | None = None
    power: Power | None = None
    note: Line = ""  # what must be said beside every figure of this board
    registers: Registers | None = None  # boards of real chips
    simulator: Simulator | None = None
    flash: Flash | None = None

    @field_validator("memory")
    @classmethod
    def _regions(cls, memory: dict[str, Region]) -> dict[str, Region]:
        regions = sorted(memory.items(), key=lambda item: item[1].at)
        for name, region in regions:
            if region.end > 1 << 32:
                raise ValueError(f"region '{name}' ends past 4 GiB")
        for (low, a), (high, b) in pairwise(regions):
            if a.end > b.at:
                raise ValueError(f"regions '{low}' and '{high}' overlap from {b.at:#010x}")
        for kind in ("flash", "ram"):
            if not any(r.kind == kind for r in memory.values()):
                raise ValueError(f"needs a region of kind {kind}")
        if not any(r.kind == "ram" and r.dma for r in memory.values()):
            raise ValueError("no ram region has 'dma: true', and the sensor needs one")
        return memory

    @property
    def file(self) -> Path:
        return self.folder / "board.yml"

    @property
    def flash_bytes(self) -> int:
        return sum(r.bytes for r in self.memory.values() if r.kind == "flash")

    @property
    def ram_bytes(self) -> int:
        return sum(r.bytes for r in self.memory.values() if r.kind == "ram")

    @property
    def stack_align(self) -> int:
        """What the calling convention asks of a stack pointer."""
        return 8 if self.isa == "arm" else 16

    @property
    def guard_bytes(self) -> int:
        """At the low end of each stack, what memory protection keeps from being written (stator/guard.h); 0 where it does not, or where the
        core has a limit of its stack pointer instead (Armv8-M)."""
        if self.core in ("cortex-m3", "cortex-m4", "cortex-m7"):
            return 32  # PMSAv7's smallest region
        return 16 if "riscv_pmp" in self.drivers else 0

    @property
    def instructions_per_count(self) -> Fraction | None:
        """Instructions in one unit of stator_clock_now(); None where the counter does not count them."""
        if self.counter.unit == "instruction":
            return Fraction(1)
        if self.simulator and self.simulator.kind == "qemu" and self.simulator.icount_shift is not None:
            return Fraction(10**9, self.counter.hz << self.simulator.icount_shift)
        if self.simulator and self.simulator.kind == "renode":
            return Fraction(self.clock_hz, self.counter.hz)  # an instruction takes one clock there
        return None


def boards() -> tuple[str, ...]:
    """Names of the boards in the tree, sorted."""
    return tuple(sorted(p.parent.name for p in BOARDS.glob("*/board.yml") if NAME.fullmatch(p.parent.name)))


def load_board(name_or_path: str | Path) -> Board:
    """The board of this name, or in this folder. Raises ConfigError."""
    folder = find_folder(name_or_path, BOARDS, "board", boards())
    return read(folder / "board.yml", Board, {"name": folder.name, "folder": folder})


def find_folder(name_or_path: str | Path, root: Path, kind: Literal["board", "model"], known: tuple[str, ...]) -> Path:
    """The folder that holds `<kind>.yml`: of the tree by name, or any by path (to the folder or to the file)."""
    text = str(name_or_path)
    if text in known:
        return root / text
    path = Path(text)
    if path.name == f"{kind}.yml" and path.is_file():
        path = path.parent
    if (path / f"{kind}.yml").is_file():
        folder = path.resolve()
        if not NAME.fullmatch(folder.name):
            raise ConfigError(
                f"{shown(folder)}: the folder's name is the {kind}'s name, and '{folder.name}' will not do",
                remedy="lower-case letters, digits and '_', a letter first",
            )
        return folder
    if path.is_dir() and ("/" in text or text in (".", "..")):
        raise ConfigError(f"{shown(path)}: has no {kind}.yml", remedy=f"a folder with a {kind}.yml in it, or one of: {', '.join(known)}")
    raise ConfigError(
        f"unknown {kind} '{text[:80]}', {nearest(text, known)}",
        remedy=f"a name from {kind}s/, or a path to a folder with a {kind}.yml",
    )


def boards_that(fit: Callable[[Board], bool]) -> tuple[str, ...]:
    """Names of the boards in the tree for which `fit(board)` holds; a board that cannot be read is left out."""
    good = []
    for name in boards():
        with suppress(ConfigError):
            board = load_board(name)
            if board.isa != "host" and fit(board):
                good.append(name)
    return tuple(good)
