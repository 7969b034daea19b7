"""What the front end's routines take, set by set, on the board's simulator, and how near their results are to exact ones.

The signal is a sine at -20 dBFS, a tenth of full scale; `snr_db` compares with float64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stator import cycles
from stator.board import Board
from stator.dsp import q15
from stator.dsp.config import ENVELOPE_BINS, mel_edges
from stator.dsp.front_end import hann
from stator.dsp.sources import DSP
from stator.errors import ToolError
from stator.measure.inference import bench_image, estimator, up
from stator.sim import dsp
from stator.sim.dsp import NOTHING, Call
from stator.spec import ModelSpec

SAMPLES = 1024
LEVEL = 0.1
FULL = 2**30  # the largest input of the FFTs
MEL_HZ, MEL_BANDS = (94, 4000), 16
BIN = SAMPLES / 12  # of the sine: between two bins of the FFT

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Routine:
    """One call, and what it would give without rounding: float64, in the order of its output."""

    call: Call
    exact: Reals
    dtype: str = "<i4"


@dataclass(frozen=True, slots=True)
class Taken:
    """A routine of a set. `takes`: by a field's name of docs/contract.md."""

    routine: str
    isa: str
    takes: dict[str, int]
    snr_db: float


def routines() -> list[Routine]:
    """One call of each routine of stator.sim.dsp."""
    sine = LEVEL * np.sin(2 * np.pi * BIN * np.arange(SAMPLES) / SAMPLES)
    full = np.rint(FULL * sine)
    flat = np.stack([full, np.zeros(SAMPLES)], axis=-1).astype("<i4")
    real = Call("stator_real_fft", (SAMPLES // 2, SAMPLES // 2), full.astype("<i4").tobytes(), 4 * SAMPLES)
    half = np.rint(2**15 * sine).astype("<i2")
    mean = (int(half.sum(dtype=np.int64)) + SAMPLES // 2) // SAMPLES
    room = 31 - int(np.abs(half.astype(int) - mean).max()).bit_length()
    windowed = (half - float(mean)) * 2**room * np.asarray(hann(), np.float64) / 2**32
    spectrum = np.fft.rfft(full)[: SAMPLES // 2] / SAMPLES
    count = 128
    parts = np.stack([spectrum.real, spectrum.imag], axis=-1)[:count]
    powers = (np.abs(spectrum[:count]) ** 2).astype("<u8") + np.uint64(1)
    return [
        Routine(Call("stator_fft", (SAMPLES, 0), flat.tobytes(), 8 * SAMPLES), _parts(np.fft.fft(full) / SAMPLES)),
        Routine(real, _parts(spectrum)),
        Routine(
            Call("stator_frame_fft", (mean, room, SAMPLES // 2), half.tobytes(), 4 * SAMPLES),
            _parts(np.fft.rfft(windowed)[: SAMPLES // 2] / SAMPLES),
        ),
        Routine(Call("stator_loop_magnitudes", (count,), np.rint(parts).astype("<i4").tobytes(), 4 * count), np.hypot(*np.rint(parts).T)),
        Routine(Call("stator_log2_q8", (count,), powers.tobytes(), 4 * count), 256 * np.log2(powers.astype(np.float64))),
        *_q15(half, mean),
        _envelope(np.rint(parts)),
        _mel(np.rint(np.stack([spectrum.real, spectrum.imag], axis=-1))),
    ]


def _q15(half: npt.NDArray[np.int16], mean: int) -> list[Routine]:
    """The real FFT in q15 of samples as they are, and as a frame."""
    bins = SAMPLES // 2
    peak, above = (np.array(np.abs(half - np.int64(m)).max()) for m in (0, mean))
    scaled = half * (float(q15.gain(peak, 16)) / 256)
    windowed = (half - float(mean)) * hann() * (float(q15.gain(above, 18)) / 2**40)
    given = half.tobytes()
    return [
        Routine(Call("stator_rfft_q15", (int(peak), bins), given, 4 * SAMPLES), _parts(np.fft.rfft(scaled)[:bins])),
        Routine(Call("stator_frame_rfft_q15", (mean, int(above), bins), given, 4 * SAMPLES), _parts(np.fft.rfft(windowed)[:bins])),
    ]


def _envelope(band: Reals) -> Routine:
    """band: 128 bins of two parts. Exact: the magnitude of the analytic signal, at the level that the routine gives it."""
    level = 2.0 ** (30 - int(np.abs(band).max()).bit_length())
    exact = np.abs(np.fft.fft(level * (band[:, 0] + 1j * band[:, 1]))) / ENVELOPE_BINS
    return Routine(Call("stator_envelope", (), band.astype("<i4").tobytes(), 4 * ENVELOPE_BINS), exact)


def _mel(bins: Reals) -> Routine:
    """bins: two parts of each. Exact: the logarithm of what triangles weigh."""
    edges = np.array(mel_edges(*MEL_HZ, MEL_BANDS), np.int64)
    at = np.arange(len(bins))
    weights = np.array([np.interp(at, edges[b : b + 3], [0, 1, 0]) for b in range(MEL_BANDS)])
    given = bins.astype("<i4").tobytes() + edges.astype("<u2").tobytes()
    call = Call("stator_mel_bands", (MEL_BANDS, len(bins)), given + bytes(-len(given) % 8), 4 * MEL_BANDS)
    return Routine(call, 256 * np.log2(weights @ (bins**2).sum(axis=1) / 16))


def _parts(values: npt.NDArray[np.complex128]) -> Reals:
    return np.stack([values.real, values.imag], axis=-1).reshape(-1)


def sets(board: Board) -> tuple[str, ...]:
    """The sets of firmware/dsp that the board runs, the portable one last."""
    return (*(isa for isa in board.kernels if (DSP / isa).is_dir()), "c")


def by_set(board: Board, spec: ModelSpec, folder: Path, wanted: Sequence[str]) -> Iterator[Taken]:
    """The routines of these names in every set, in images below `folder`. `spec`: a model with features, whose tables are linked.

    Raises ToolError where two sets do not give the same bytes.
    """
    chosen = [routine for routine in routines() if routine.call.routine in wanted]
    first: tuple[bytes, ...] | None = None
    for isa in sets(board):
        elf = bench_image(board, spec.folder, folder / isa, kernels=isa, front_end=True)
        by, mark = estimator(board, elf)
        said = dsp.count(board, elf, [NOTHING, *(routine.call for routine in chosen)], mark)
        outputs = said.outputs[1:]
        first = first or outputs
        for routine, output, expected in zip(chosen, outputs, first, strict=True):
            if output != expected:
                raise ToolError(f"{routine.call.routine} of the sets {isa} and {sets(board)[0]} give different bytes on '{board.name}'")
        estimates = cycles.at_marks(elf, by, said.passes) if by else []
        for index, (routine, output) in enumerate(zip(chosen, outputs, strict=True), start=1):
            takes = _takes(board, said, estimates, index)
            yield Taken(routine.call.routine, isa, takes, snr(routine.exact, np.frombuffer(output, routine.dtype)))


def _takes(board: Board, said: dsp.Said, estimates: Sequence[int], index: int) -> dict[str, int]:
    """What call `index` took, calling taken off."""

    def between(reads: Sequence[int]) -> int:
        return (reads[2 * index + 1] - reads[2 * index]) - (reads[1] - reads[0])

    units = said.units[index] - said.units[0]
    if said.retired:
        return {"instructions": between(said.retired), "cycles": units}
    if board.instructions_per_count is None:
        raise ToolError(f"board '{board.name}' counts no instructions", remedy="counter and simulator in its board.yml")
    takes = {"instructions": up(units * board.instructions_per_count)}
    return takes | ({"estimated_cycles": between(estimates)} if estimates else {})


def snr(exact: Reals, got: npt.NDArray[np.int32]) -> float:
    """Power of what is exact over power of the error, in dB."""
    error = exact - got
    return float(round(10 * np.log10((exact**2).sum() / max((error**2).sum(), 1e-30)), 1))
