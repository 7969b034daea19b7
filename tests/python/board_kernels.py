"""Runs kernel variants on a simulated board: values, registers, stack, guard bands, and reads past the ends of inputs and tables.

The program is printed from calls as the compiler lays them out for a variant; tests/kernels/board/ runs them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board, load_board
from stator.emit import c
from stator.kernels import KERNELS
from stator.ops import Array, Constant, KernelCall
from stator.paths import ROOT
from stator.sim import simulator

FOLDER = ROOT / "tests" / "kernels" / "board"
ROOM = 8 << 20  # bytes
SCRIPT = """
MEMORY {{ code (rx): ORIGIN = {code:#x}, LENGTH = {code_bytes}  ram (rwx): ORIGIN = {ram:#x}, LENGTH = {ram_bytes}
          data (r): ORIGIN = {data:#x}, LENGTH = 16M }}
ENTRY(entry)
SECTIONS {{ .text : {{ KEEP(*(.vectors)) *(.text.start) *(.text* .rodata* .srodata*) }} > code
            .blob : {{ *(.blob) }} > {blob}
            .data : {{ data_start = .; *(.data* .sdata*) . = ALIGN(4); data_end = .; }} > ram AT > code
            data_load = LOADADDR(.data);
            .bss (NOLOAD) : {{ *(.bss* .sbss*) }} > ram
            stack_top = ORIGIN(ram) + LENGTH(ram); }}
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A simulated board and the compiler for it; `isas`: the tags of the variants that it runs; `data`: where inputs and tables lie, if
    not behind the code; `most`: how many calls of a variant are tried, where it is slow."""

    board: str
    compiler: tuple[str, ...]
    caller: str
    isas: tuple[str, ...]
    data: int | None = None
    most: int = 10_000

    @property
    def vectors(self) -> bool:
        """Whether there are registers of an FPU or of vectors that a callee must keep."""
        return "-mfloat-abi=hard" in self.compiler

    @property
    def roomy(self) -> Board:
        """The board, with room for all of a test where its simulator makes the memories."""
        board = load_board(self.board)
        if board.simulator is None or board.simulator.kind != "verilator":
            return board
        memory = {name: region.model_copy(update={"bytes": max(region.bytes, ROOM)}) for name, region in board.memory.items()}
        return board.model_copy(update={"memory": memory})

    @property
    def program(self) -> str:
        found = load_board(self.board).simulator
        assert found is not None
        return found.binary or found.kind


M55 = ("arm-none-eabi-gcc", "-mcpu=cortex-m55", "-mthumb", "-mfloat-abi=hard")
RISCV = ("riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "-misa-spec=2.2", "--specs=picolibc.specs")
MACHINES = {
    machine.board: machine
    for machine in (
        Machine("mps2_an505", ("arm-none-eabi-gcc", "-mcpu=cortex-m33+nofp", "-mthumb"), "checked_call_arm.S", ("v7em",)),
        Machine("mps2_an385", ("arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"), "checked_call_arm.S", ("v7m",)),
        Machine("mps2_an505_m23", ("arm-none-eabi-gcc", "-mcpu=cortex-m23", "-mthumb"), "checked_call_arm.S", ("v8mbase",)),
        Machine("mps3_an547", M55, "checked_call_arm.S", ("mve",), data=0x7000_0000),
        Machine("qemu_rv32", RISCV, "checked_call_riscv.S", ("rv32im", "rv32imb")),
        Machine("cv32e40p", (*RISCV, "-march=rv32imc", "-DCHECK_RTL"), "checked_call_riscv.S", ("xpulp",), most=60),
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A call of the function `symbol`, its inputs, and the bytes that it must give.

    `distance`: None, or the output lies over input 0, so many bytes behind its start (negative: before it).
    `unit`: what output and inputs are aligned to, in bytes.
    """

    symbol: str
    call: KernelCall
    inputs: tuple[Array, ...]
    want: bytes
    distance: int | None = None
    unit: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """What a case did wrong ("value 5 -3 4": byte 5 should be -3 and is 4), and how much stack it took, in bytes."""

    wrong: tuple[str, ...]
    stack_bytes: int


def run(machine: Machine, folder: Path, sources: Sequence[Path], cases: Sequence[Case], flags: Sequence[str] = ()) -> list[Finding]:
    """Compiles `sources` and the calls, with `flags` more, runs them on the board, and returns one finding per case, in order.

    A case that faults is wrong, and so are those after it: they did not run.
    """
    elf = _compiled(machine, folder, sources, cases, flags)
    heard = bytearray()

    def hear(data: bytes) -> bool:
        heard.extend(data)
        return re.search(rb"^(END|FAULT),.*\n", heard, re.MULTILINE) is not None

    simulator.simulate(machine.roomy, elf, hear, stall_s=60)
    wrong: dict[int, list[str]] = {}
    stack: dict[int, int] = {}
    for line in heard.decode("ascii").splitlines():
        kind, number, *rest = line.split(",", 2)
        if kind == "W":
            wrong.setdefault(int(number), []).append(rest[0])
        elif kind == "FAULT":
            wrong.setdefault(int(number), []).append(f"fault {int(rest[0]) & 0xFFFFFFFF:#x}")
        elif kind == "D":
            stack[int(number)] = int(rest[0])
    missing = ["did not run"]
    return [Finding(tuple(wrong.get(i, missing if i not in stack else [])), stack.get(i, 0)) for i in range(len(cases))]


def _compiled(machine: Machine, folder: Path, sources: Sequence[Path], cases: Sequence[Case], more: Sequence[str]) -> Path:
    program = _Program()
    for case in cases:
        program.add(case)
    headers = sorted({case.call.header for case in cases})
    (folder / "cases.c").write_text(program.text(headers))
    (folder / "blob.bin").write_bytes(bytes(program.blob))
    (folder / "blob.S").write_text(f'.section .blob, "a"\n.balign 64\n.global blob\nblob:\n.incbin "{folder / "blob.bin"}"\n')
    regions = {region.kind: region for region in reversed(machine.roomy.memory.values())}
    code, ram = regions["flash"], regions["ram"]
    places = {"code": code.at, "code_bytes": min(code.bytes, 3 << 20), "ram": ram.at, "ram_bytes": min(ram.bytes, 1 << 20)}
    data = {"data": machine.data or 0, "blob": "code" if machine.data is None else "data"}
    (folder / "check.ld").write_text(SCRIPT.format(**places, **data))
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-cast-function-type", "-ffunction-sections", "-nostartfiles"]
    includes = [f"-I{path}" for path in (FOLDER, KERNELS, KERNELS.parent, KERNELS.parent / "include")]
    files = [folder / "cases.c", folder / "blob.S", FOLDER / "check.c", FOLDER / machine.caller, *dict.fromkeys(sources)]
    elf = folder / "check.elf"
    words = [*machine.compiler, *flags, *more, *includes, *map(str, files), "-T", str(folder / "check.ld"), "-o", str(elf)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]
    return elf


class _Program:
    def __init__(self) -> None:
        self.blob = bytearray()
        self._declared: list[str] = []
        self._cases: list[str] = []

    def add(self, case: Case) -> None:
        number, call = len(self._cases), case.call
        fields, tables = [], []
        for name, value in call.params:
            if isinstance(value, Constant):
                where = self._bytes(value.data)
                tables.append(f"{{(const void **)&p{number}.{name}, {where}}}")
            elif value is not None:
                fields.append(f".{name} = {c.value(value)}")
        self._declared.append(f"static struct {call.struct} p{number} = {{{', '.join(fields)}}};")
        over = f".over = 1, .distance = {case.distance}, " if case.distance is not None else ""
        self._cases.append(
            f"    {{.function = (check_function *){case.symbol}, .p = &p{number}, .want = {self._bytes(case.want)}, "
            f".inputs = {{{', '.join(self._bytes(x) for x in case.inputs)}}}, .input_count = {len(case.inputs)}, "
            f".tables = {{{', '.join(tables)}}}, .table_count = {len(tables)}, {over}.scratch_bytes = {call.scratch_bytes or 0}, "
            f".unit = {case.unit}}},\n"
        )

    def _bytes(self, data: Array | bytes) -> str:
        raw = data if isinstance(data, bytes) else data.tobytes()
        at = len(self.blob)
        self.blob += raw + bytes(-len(raw) % 8)
        return f"{{blob + {at}, {len(raw)}}}"

    def text(self, headers: Sequence[str]) -> str:
        includes = "".join(f'#include "{header}"\n' for header in headers)
        declared = "\n".join(self._declared)
        return (
            f'#include "check.h"\n{includes}extern const uint8_t blob[];\n{declared}\n'
            f"const struct check_case check_cases[] = {{\n{''.join(self._cases)}}};\n"
            f"const uint32_t check_case_count = {len(self._cases)};\n"
        )
