"""The images of the two chips, as they would be flashed.

gd32vf103: the whole image runs here on a model of the chip (tests/firmware/gd32vf103: RV32IMAC with Nuclei's ECLIC, and the
peripherals that the drivers use), from the reset alias to the telemetry, and computes what the host computes. The model is ours, written
from the same manuals as the firmware: it proves that image, port and drivers do what we read there, not that we read it right.
nrf5340: the same with Unicorn's Cortex-M33 (tests/sim/cortex_m33.py) and the model of the peripherals that the drivers' test uses, which
checks every access: address, width, reserved bits, clear-only events, memory that EasyDMA reaches.
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from stator.board import load_board
from stator.build import Image, build
from stator.data import load_signal, to_counts
from stator.frontends import load
from stator.measure import stacks
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.paths import FIRMWARE, ROOT
from stator.spec import load_model_spec
from stator.svd import chip_of, header
from stator.telemetry import Record, Telemetry, decode

FRAMES = 40
Halves = npt.NDArray[np.int16]

pytestmark = [pytest.mark.sim, pytest.mark.slow]


@pytest.fixture(scope="module")
def gd32vf103() -> Image:
    return image("gd32vf103")


@pytest.fixture(scope="module")
def nrf5340() -> Image:
    return image("nrf5340")


def image(name: str) -> Image:
    board = load_board(name)
    compiler = {"arm": "arm-none-eabi-gcc", "riscv": "riscv64-unknown-elf-gcc"}[board.isa]
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    return build(board, load_model_spec("bearing"))


class Loaded:
    """Symbols, and bytes by address."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            elf = ELFFile(file)
            self.entry = elf.header["e_entry"]
            table = elf.get_section_by_name(".symtab")
            assert isinstance(table, SymbolTableSection)
            self.symbols: dict[str, int] = {s.name: s["st_value"] for s in table.iter_symbols() if s.name}
            self.parts = [(s["p_paddr"], s.data()) for s in elf.iter_segments() if s["p_type"] == "PT_LOAD" and s["p_filesz"]]

    def word(self, at: int) -> int:
        for start, data in self.parts:
            if start <= at <= start + len(data) - 4:
                return int.from_bytes(data[at - start : at - start + 4], "little")
        raise AssertionError(f"nothing at {at:#x}")


def test_nrf5340_vectors_lead_to_the_handlers(nrf5340: Image) -> None:
    elf = Loaded(nrf5340.elf)
    symbols = elf.symbols
    ram = nrf5340.board.memory["sram"]
    assert elf.word(0) == symbols["stator_stack_main"] + nrf5340.plan.item("stator_stack_main").need.bytes
    assert ram.at < elf.word(0) <= ram.end and elf.word(0) % 8 == 0
    handlers = {1: "Reset_Handler", 11: "SVC_Handler", 14: "PendSV_Handler", 15: "SysTick_Handler"}
    handlers |= {16 + 14: "nordic_saadc_interrupt", 16 + 8: "nordic_uarte_interrupt", 16 + 15: "nordic_tick_interrupt"}
    for number, name in handlers.items():
        assert elf.word(4 * number) == symbols[name] | 1, f"{name} is a Thumb function"
    board = [n for n in range(16, 16 + 69) if elf.word(4 * n)]
    assert board == [16 + 8, 16 + 14, 16 + 15]
    assert all(elf.word(4 * n) & 1 for n in (2, 3, 4, 5, 6, 7))


def test_gd32vf103_starts_at_the_alias_and_has_its_vectors_aligned(gd32vf103: Image) -> None:
    elf = Loaded(gd32vf103.elf)
    assert elf.entry == elf.symbols["_start"] == 0x08000000
    vectors = elf.symbols["stator_board_vectors"]
    assert vectors % 512 == 0
    handlers = {3: "nuclei_software_interrupt", 7: "nuclei_timer_interrupt", 30: "gd32_adc_dma_interrupt", 33: "gd32_usart_dma_interrupt"}
    for number in range(87):
        assert elf.word(vectors + 4 * number) == (elf.symbols[handlers[number]] if number in handlers else 0)
    assert elf.symbols["nuclei_eclic_exception"] % 64 == 0
    assert elf.symbols["nuclei_eclic_common"] % 4 == 0


@pytest.mark.parametrize("name", ["gd32vf103", "nrf5340"])
def test_halves_lie_where_dma_reaches_and_follow_each_other(name: str, request: pytest.FixtureRequest) -> None:
    made: Image = request.getfixturevalue(name)
    symbols = Loaded(made.elf).symbols
    region = made.board.memory["sram"]
    assert region.dma
    assert symbols["stator_half1"] == symbols["stator_half0"] + 2048
    assert region.at <= symbols["stator_half0"] and symbols["stator_half1"] + 2048 <= region.end


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chip as a program of this machine."""
    folder = tmp_path_factory.mktemp("machine")
    chip, origin = chip_of(load_board("gd32vf103"))
    (folder / "registers.h").write_text(header(chip, origin, {}), encoding="utf-8")
    program = folder / "gd32vf103"
    sources = sorted((ROOT / "tests/firmware/gd32vf103").glob("*.c"))
    flags = ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-Wshadow"]
    includes = [f"-I{folder}", f"-I{FIRMWARE / 'drivers'}", f"-I{sources[0].parent}"]
    subprocess.run(["gcc", *flags, *includes, *map(str, sources), "-o", str(program)], check=True, timeout=120)
    return program


def run(machine: Path, elf: Path, halves: Halves, frames: int, *more: str) -> tuple[Telemetry, dict[str, int]]:
    """What the firmware said, and the counts of the chip's last line. Fails where the chip stopped it."""
    signal = machine.with_name("signal.s16")
    signal.write_bytes(halves.astype("<i2").tobytes())
    done = subprocess.run([str(machine), str(elf), str(signal), str(frames), *more], capture_output=True, check=False, timeout=300)
    text = done.stderr.decode()
    assert done.returncode == 0, text
    return decode(done.stdout), {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


def counts(label: str) -> Halves:
    """A generated recording as this chip's ADC gives it: unsigned, the sensor's mid-supply in the middle of its range."""
    spec = load_model_spec("bearing")
    assert spec.input is not None
    found = to_counts(load_signal(f"synthetic:{label}"), spec.input.counts_per_g)
    return np.clip(found.frames[:FRAMES].astype(np.int32) + 2048, 0, 4095).astype(np.int16)


def signed(label: str) -> Halves:
    """A generated recording as nrf5340's ADC gives it."""
    spec = load_model_spec("bearing")
    assert spec.input is not None
    return to_counts(load_signal(f"synthetic:{label}"), spec.input.counts_per_g).frames[:FRAMES]


def exact(made: Image, halves: Halves, records: tuple[Record, ...]) -> None:
    assert made.plan.sampling is not None
    stream = check_stream(records, halves, made.plan.sampling.half_ticks)
    assert not stream.problems, stream.problems
    checker = oracle(made.spec, load(made.spec.path), halves)
    comparison = compare(records, list(checker.replay(r.sequence for r in records)))
    assert comparison.exact, comparison.problems


@pytest.mark.parametrize("label", ["healthy", "inner"])
def test_gd32vf103_image_computes_what_the_host_computes(gd32vf103: Image, machine: Path, label: str) -> None:
    halves = counts(label)
    said, interrupts = run(machine, gd32vf103.elf, halves, FRAMES)
    assert said.failure is None
    assert said.garbage == 0
    assert said.banner is not None and said.banner.board == "gd32vf103"
    assert [r.sequence for r in said.records] == list(range(FRAMES))
    assert {b.timestamp - a.timestamp for a, b in itertools.pairwise(said.records)} == {1024 * 9000}
    exact(gd32vf103, halves, said.records)
    assert max(r.overruns for r in said.records) == 0
    assert interrupts["switched"] > 4 * FRAMES, "feature, inference, telemetry, idle"
    assert interrupts["transfers"] == interrupts["triggers"], "a sample for every trigger"


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_gd32vf103_context_survives_interrupts_at_any_instruction(gd32vf103: Image, machine: Path, seed: str) -> None:
    """The chip compares every register of a task when it goes on; nested levels and needless switches come all the time."""
    halves = counts("outer")
    calm, _ = run(machine, gd32vf103.elf, halves, 6)
    said, interrupts = run(machine, gd32vf103.elf, halves, 6, seed)
    exact(gd32vf103, halves, said.records)
    assert [(r.column, r.logits, r.crc) for r in said.records] == [(r.column, r.logits, r.crc) for r in calm.records]
    assert interrupts["resumed"] > 10_000
    assert interrupts["nested"] > 500


def test_gd32vf103_exception_ends_with_one_line_that_says_where(gd32vf103: Image, machine: Path, tmp_path: Path) -> None:
    broken, at = tmp_path / "broken.elf", Loaded(gd32vf103.elf).symbols["stator_features_run"]
    with gd32vf103.elf.open("rb") as file:
        part = next(
            s for s in ELFFile(file).iter_segments() if s["p_type"] == "PT_LOAD" and s["p_vaddr"] <= at < s["p_vaddr"] + s["p_filesz"]
        )
        offset = part["p_offset"] + at - part["p_vaddr"]
    image = bytearray(gd32vf103.elf.read_bytes())
    image[offset : offset + 2] = bytes(2)  # no instruction
    broken.write_bytes(image)
    signal = machine.with_name("signal.s16")
    signal.write_bytes(bytes(2 * 1024))
    done = subprocess.run([str(machine), str(broken), str(signal), "1"], capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert decode(done.stdout).failure == f"exception 2 at {at:08x} value 00000000"


def test_gd32vf103_stacks_stay_within_their_bounds(gd32vf103: Image, machine: Path) -> None:
    """With interrupts at every depth, the high-water marks come up to the bounds of the call graph and not past them."""
    said, _ = run(machine, gd32vf103.elf, counts("inner"), 66, "4")
    bounds = stacks(gd32vf103.build_dir, gd32vf103.elf, gd32vf103.board)
    used = dict(said.stacks)
    assert used.keys() == {bound.name for bound in bounds.stacks}
    for bound in bounds.stacks:
        assert bound.bound_bytes / 4 < used[bound.name] <= bound.bound_bytes <= bound.reserved_bytes, bound.name


def test_gd32vf103_tasks_survive_being_interrupted_in_the_middle_of_their_work(gd32vf103: Image, machine: Path) -> None:
    """At times the core is sixteen times slower and interrupted all the time: the feature task breaks into inference, halves are lost.

    All of it is told, and what is not lost is right.
    """
    halves = counts("ball")
    said, interrupts = run(machine, gd32vf103.elf, halves, 24, "1", "16")
    assert said.failure is None and said.garbage == 0
    sequences = [r.sequence for r in said.records]
    missing = sequences[-1] + 1 - len(sequences)
    assert 0 < missing == said.records[-1].overruns
    assert all(b.timestamp - a.timestamp == (b.sequence - a.sequence) * 1024 * 9000 for a, b in itertools.pairwise(said.records))
    columns = oracle(gd32vf103.spec, load(gd32vf103.spec.path), halves).columns
    for record in said.records:
        assert record.crc == zlib.crc32(halves[record.sequence % len(halves)].astype("<i2").tobytes())
        assert record.column == columns[record.sequence % len(halves)].tobytes()
    assert interrupts["nested"] > 500


@pytest.mark.parametrize("label", ["healthy", "outer"])
def test_nrf5340_image_computes_what_the_host_computes(nrf5340: Image, label: str) -> None:
    pytest.importorskip("unicorn", reason="unicorn has no wheel for this machine")
    from tests.sim.cortex_m33 import Chip, Machine

    chip, halves = Chip(), signed(label)
    chip.counts = halves.reshape(-1).tolist()
    chip.value.update({"UICR.APPROTECT": 0x50FA50FA, "UICR.SECUREAPPROTECT": 0x50FA50FA, "FICR_VARIANT": 5})
    machine = Machine(nrf5340.elf, chip)
    said = decode(machine.run(FRAMES, (FRAMES + 2) * 4 * 1024 * 1333))
    assert said.failure is None
    assert said.garbage == 0
    assert said.banner is not None and said.banner.board == "nrf5340"
    assert [r.sequence for r in said.records] == list(range(FRAMES))
    assert {b.timestamp - a.timestamp for a, b in itertools.pairwise(said.records)} == {1024 * 1333}
    exact(nrf5340, halves, said.records)
    assert max(r.overruns for r in said.records) == 0
    assert machine.taken[16 + 14] == FRAMES, "one interrupt for each half"
    assert machine.taken[14] > 4 * FRAMES, "feature, inference, telemetry, idle"
