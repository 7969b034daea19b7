"""The front end's pieces, as a core's set has them, on its simulator: equal to the NumPy twin, and nothing touched that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from stator.board import load_board
from stator.dsp import Quantizer, emit_config, fixed, q15
from stator.dsp.config import mel_edges
from stator.dsp.front_end import hann, spectrum
from stator.dsp.sources import sources
from stator.ops import Array, KernelCall
from stator.spec import load_model_spec
from tests.python.board_kernels import FOLDER, MACHINES, Case, Machine, run
from tests.python.needs import needs

pytestmark = pytest.mark.sim

TOP = 2**30
ENVELOPE = 128
# Taken from the compiler in all C files of the program, so that none saves what an assembly function spoils.
SAVED = {"arm": [f"r{n}" for n in range(4, 12)], "riscv": [f"s{n}" for n in range(12)]}
STACK_BYTES = 384  # with the frames of the C around it, which may keep nothing in those registers

Ints = npt.NDArray[np.int64]


def case(what: str, given: Array, want: Array, *numbers: int, unit: int = 4) -> Case:
    params = tuple(zip("abc", numbers, strict=False))
    call = KernelCall(f"dsp_{what}", "dsp.h", "dsp_numbers", (0,), (1,), params)
    return Case(f"dsp_{what}", call, (given,), want.tobytes(), unit=unit)


def pairs(real: Ints, imag: Ints) -> Array:
    return np.stack([real, imag], axis=-1).astype(np.int32)


def extremes(rng: np.random.Generator, count: int, top: int) -> list[Ints]:
    """Numbers up to `top` in magnitude: anything, one value, two, few."""
    return [
        rng.integers(-top, top + 1, count),
        np.full(count, top),
        np.full(count, -top),
        rng.choice(np.array([-top, top]), count),
        rng.integers(-3, 4, count),
        np.zeros(count, np.int64),
    ]


def ffts(rng: np.random.Generator) -> Iterator[Case]:
    for size in (4, 8, 16, 32, 64, 128, 256, 512, 1024):
        for values, room in zip(extremes(rng, 2 * size, TOP >> 7), (7, 7, 7, 7, 20, 0), strict=True):
            real, imag = fixed.fft(values[None, 0::2] << room, values[None, 1::2] << room)
            yield case("fft", values.astype(np.int32), pairs(real, imag), size, room)
    for size in (4, 8, 16, 64, 256, 512):
        for values, bins in zip(extremes(rng, 2 * size, TOP), (size, size // 2 + 1, size, 3 * size // 4, size, size), strict=True):
            real, imag = fixed.real_fft(values[None])
            yield case("real_fft", values.astype(np.int32), pairs(real, imag)[0, :bins], size, bins)


def frames(rng: np.random.Generator) -> Iterator[Case]:
    for top, offset in ((2047, 0), (1, 0), (300, -1500), (32767, 0), (0, 7)):
        half = np.clip(rng.integers(-top, top + 1, 1024) + offset, -32768, 32767)
        mean = (int(half.sum()) + 512) >> 10
        peak = int(np.abs(half - mean).max())
        room = 31 - peak.bit_length() if peak else 0
        real, imag = fixed.real_fft(fixed.mulh((half - mean)[None] << room, hann()))
        yield case("frame_fft", half.astype(np.int16), pairs(real, imag)[0, :384], mean, room, 384)
        real, imag = spectrum(half[None], "q15")
        yield case("frame_q15", half.astype(np.int16), pairs(real, imag)[0, :384], mean, peak, 384)
        limits = np.array([half.sum(), half.min(), half.max()], np.int32)
        yield case("range", half.astype(np.int16), limits, 0)


def rffts_q15(rng: np.random.Generator) -> Iterator[Case]:
    for top in (32768, 3000, 1):
        for values in extremes(rng, 1024, top):
            samples = np.clip(values, -32768, 32767)
            peak = int(np.abs(samples).max())
            for bins in (257, 400, 512):
                real, imag = q15.rfft(samples[None], np.array([[peak]]))
                yield case("rfft_q15", samples.astype(np.int16), pairs(real, imag)[0, :bins], peak, bins)


def loops(rng: np.random.Generator) -> Iterator[Case]:
    for count in (8, 16, 256):
        for values in extremes(rng, count, 2**31 - 1):
            yield case("peak", values.astype(np.int32), np.array([np.abs(values).max()], np.int32), count)
    for bins in (1, 2, 3, 8, 21):
        for values in extremes(rng, 2 * bins, TOP):
            energy = (values.astype(np.uint64) ** np.uint64(2)).sum(dtype=np.uint64)
            yield case("energy", values.astype(np.int32), np.array([energy], np.uint64), bins, unit=8)
    for count in (1, 2, 7, ENVELOPE):
        for values in extremes(rng, 2 * count, int(2**30.5)):
            size = fixed.magnitude(values[0::2], values[1::2])
            yield case("magnitudes", values.astype(np.int32), np.append(size, size.max()).astype(np.int32), count)
    for bits in (1, 15, 28, 30, 31):
        for room in (30 - bits, -1) if bits > 30 else (30 - bits,):
            size = rng.integers(0, 2**bits, ENVELOPE)
            size[::9] = 0
            shifted = size << room if room > 0 else size >> -room
            coarse = shifted >> 14
            roots = fixed.root_q30(fixed.mulh(shifted, hann()[::8]) << 1)
            sums = np.array([(coarse * coarse).sum() & 0xFFFFFFFF, (coarse * coarse).sum() >> 32, coarse.sum()])
            yield case("roots", size.astype(np.int32), np.append(roots, sums).astype(np.uint32), room)
    powers = np.array([0, 1, 2, 3, 2**16 - 1, 2**16, 2**31, 2**32 - 1, 2**32, 2**47 + 1, 2**63, 2**64 - 1], np.uint64)
    powers = np.concatenate([powers, rng.integers(0, 2**64, 60, np.uint64) >> rng.integers(0, 64, 60).astype(np.uint64)])
    yield case("log2", powers, fixed.log2_q8(powers).astype(np.int32), len(powers), unit=8)


def bands(rng: np.random.Generator) -> Iterator[Case]:
    for values in extremes(rng, 2 * ENVELOPE, TOP - 1):
        peak = int(np.abs(values).max())
        shifted = values << (30 - peak.bit_length() if peak else 0)
        size = fixed.magnitude(*fixed.fft(shifted[None, 0::2], shifted[None, 1::2]))[0]
        yield case("envelope", values.astype(np.int32), np.append(size, size.max()).astype(np.int32), 0)
    for edges in ((0, 1, 2), (0, 7, 9, 10, 64), tuple(range(0, 66)), mel_edges(94, 4000, 16)):
        count = edges[-1] + edges[-1] % 2
        for values in extremes(rng, 2 * count, 2**23):
            power = (values[0::2] ** 2 + values[1::2] ** 2).astype(np.uint64)
            behind = np.array(edges + (0,) * (len(edges) % 2), "<u2").view("<i4")
            given = np.append(values, behind).astype(np.int32)
            yield case("mel", given, fixed.mel_bands(power, edges).astype(np.int32), len(edges) - 2, count)


def boards() -> list[str]:
    """One board for each choice of files that has assembly in it."""
    chosen = {sources(load_board(board).kernels): board for board in sorted(MACHINES)}
    return sorted(board for files, board in chosen.items() if any(file.suffix == ".S" for file in files))


@pytest.mark.parametrize("board", boards())
def test_a_sets_front_end_equals_the_twin(board: str, tmp_path: Path) -> None:
    machine: Machine = MACHINES[board]
    needs(machine.program, machine.compiler[0])
    spec = load_model_spec("bearing")
    assert spec.features is not None
    tables = emit_config(spec.features, Quantizer(4096, 0))
    for name, text in tables.items():
        (tmp_path / name).write_text(text)
    files = [
        *(file for file in sources(load_board(board).kernels) if file.name != "features.c"),
        FOLDER / "dsp.c",
        *(tmp_path / name for name in tables),
    ]
    rng = np.random.default_rng(11)
    cases = [*ffts(rng), *frames(rng), *rffts_q15(rng), *loops(rng), *bands(rng)]
    fixed_registers = [f"-ffixed-{name}" for name in SAVED[load_board(board).isa]]
    findings = run(machine, tmp_path, files, cases, fixed_registers)
    bad = [f"{c.symbol} {dict(c.call.params)}: {f.wrong}" for c, f in zip(cases, findings, strict=True) if f.wrong]
    assert bad == []
    assert max(finding.stack_bytes for finding in findings) <= STACK_BYTES
