"""One half of raw samples to one column of features: the twin of `stator_features_run`, for many frames at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stator.dsp import fixed, q15
from stator.dsp.config import SAMPLES, FeaturesConfig, Quantizer
from stator.dsp.fixed import Ints, Powers
from stator.dsp.lowpass import decimated

CHUNK = 256  # frames worked on at once, which bounds the memory


def features(halves: npt.NDArray[np.int16], config: FeaturesConfig, quantizer: Quantizer) -> npt.NDArray[np.int8]:
    """int8 columns of raw halves: (..., samples of a half) ADC counts to (..., columns)."""
    values = octaves(halves, config)
    scaled = quantizer.zero_point + ((values * quantizer.multiplier + 32768) >> 16)
    columns: npt.NDArray[np.int8] = np.clip(scaled, -128, 127).astype(np.int8)
    return columns


def octaves(halves: npt.NDArray[np.int16], config: FeaturesConfig) -> Ints:
    """The columns before quantization, in 1/256 octave of power: (..., samples of a half) to (..., columns)."""
    samples = config.half_samples
    if halves.dtype != np.int16 or halves.shape[-1:] != (samples,):
        raise ValueError(f"halves must be int16 of shape (..., {samples}), not {halves.dtype} of {halves.shape}")
    scans = halves.reshape(-1, samples // config.channels, config.channels)
    flat = decimated(scans.transpose(0, 2, 1).reshape(-1, samples // config.channels), config.decimation)
    parts = [_octaves(flat[i : i + CHUNK].astype(np.int64), config) for i in range(0, len(flat), CHUNK)]
    whole = np.concatenate(parts) if parts else np.zeros((0, config.channel_columns), dtype=np.int64)
    return whole.reshape(*halves.shape[:-1], config.columns)


def spectrum(frames: Ints, fft: str = "q31") -> tuple[Ints, Ints]:
    """The lower half of the bins of the windowed frames (N samples each, 256 to 4096), mean removed. q31: scaled up to 31 bits, divided
    by N; q15, of 1024 samples: as of stator.dsp.q15."""
    size = frames.shape[-1]
    mean = (frames.sum(axis=-1, keepdims=True) + size // 2) >> (size.bit_length() - 1)
    centred = frames - mean
    peak = np.abs(centred).max(axis=-1, keepdims=True)
    if fft == "q15":
        return q15.transformed(fixed.mulh(centred * q15.gain(peak, 18), hann(size)) >> 16)
    room = np.where(peak > 0, fixed.headroom(peak) - 1, 0)
    return fixed.real_fft(fixed.mulh(centred << room, hann(size)))


def hann(size: int = SAMPLES) -> Ints:
    """The Hann window of `size` samples in q31."""
    return 2**30 - 1 - (fixed.cosine(np.arange(size) * (fixed.SINE_STEPS // size)) >> 1)


def envelope(real: Ints, imag: Ints) -> Ints:
    """The magnitude over time (as many points, scaled below 2**30) of a band of bins; zeros for an empty band."""
    peak = np.maximum(np.abs(real), np.abs(imag)).max(axis=-1, keepdims=True)
    room = np.where(peak > 0, fixed.headroom(peak) - 2, 0)
    size = fixed.magnitude(*fixed.fft(real << room, imag << room))
    return _levelled(size)


def power(real: Ints, imag: Ints) -> Powers:
    """re**2 + im**2, below 2**63."""
    return (real * real + imag * imag).astype(np.uint64)


def _octaves(frames: Ints, config: FeaturesConfig) -> Ints:
    real, imag = spectrum(frames, config.fft)
    edges = config.edges
    bins = power(real, imag)[:, : edges[-1]]
    linear = config.spectrum_scale == "linear"
    bands = fixed.log2_q8(np.add.reduceat(bins, edges[:-1], axis=1)) if linear else fixed.mel_bands(bins, edges)
    mean = (bands.sum(axis=1, keepdims=True) + config.spectrum_bands // 2) // config.spectrum_bands
    columns = [bands - mean]
    for first in config.envelope_first:
        band = slice(first, first + config.envelope_bins)
        columns.append(_envelope_columns(envelope(real[:, band], imag[:, band]), config))
    return np.concatenate(columns, axis=1)


def _envelope_columns(size: Ints, config: FeaturesConfig) -> Ints:
    """Lines of the envelope's spectrum over their surroundings, then how impulsive the envelope is."""
    flattened = fixed.root_q30(fixed.mulh(size, hann(config.envelope_bins)) << 1)
    real, imag = fixed.real_fft(flattened)
    real[:, 1] += real[:, 0] >> 1  # the Hann window puts minus half of the constant part here
    bins = power(real, imag)

    def level(firsts: list[int], widths: list[int]) -> Ints:
        spans = [bins[:, first : first + width].sum(axis=1, dtype=np.uint64) for first, width in zip(firsts, widths, strict=True)]
        return fixed.log2_q8(np.stack(spans, axis=1))

    lines = config.lines
    widths = [line.bins for line in lines]
    around = (level([line.below for line in lines], widths) + level([line.above for line in lines], widths)) >> 1
    above_them = level([line.at for line in lines], widths) - around
    coarse = size >> 14
    squares, total = (coarse * coarse).sum(axis=1), coarse.sum(axis=1)
    spread = (
        fixed.log2_q8(squares.astype(np.uint64))
        - 2 * fixed.log2_q8(total.astype(np.uint64))
        + (config.envelope_bins.bit_length() - 1) * 256
    )
    impulses = np.where(total == 0, 0, 2 * spread - 512)
    return np.concatenate([above_them, impulses[:, None]], axis=1)


def _levelled(size: Ints) -> Ints:
    """Shifted so that the largest lies in 2**29 .. 2**30 - 1."""
    peak = size.max(axis=-1, keepdims=True)
    room = np.where(peak > 0, fixed.headroom(peak) - 2, 0)
    return np.where(room >= 0, size << np.maximum(room, 0), size >> np.maximum(-room, 0))
