"""The real FFT of 1,024 samples in q15, bit for bit the one in firmware/dsp/; docs/front-end.md specifies every shift and rounding."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from stator.dsp.fixed import Ints

SAMPLES = 1024
LARGEST = 2890
"""What the largest sample is brought to: all sums stay below 2**15."""
EIGHTH = 23170
"""sin(pi / 4) in q15."""


def _angles(numbers: npt.NDArray[np.intp] | Ints, per_turn: int, bits: int) -> tuple[Ints, Ints]:
    """Cosines and sines of numbers / per_turn of a circle, to nearest, with so many bits behind the point."""
    angle = 2.0 * np.pi * numbers / per_turn
    return np.rint(np.cos(angle) * 2.0**bits).astype(np.int64), np.rint(np.sin(angle) * 2.0**bits).astype(np.int64)


@cache
def turns() -> Ints:
    """(64, 7, 2): cosine and sine of i k / 512 of a circle in q14, k = 0 .. 63, i = 1 .. 7: what the firmware's later stages read."""
    return np.stack(_angles(np.multiply.outer(np.arange(64), np.arange(1, 8)), 512, 14), axis=-1)


@cache
def split() -> Ints:
    """(256, 2): 1 less the sine, and the cosine, of k / 1024 of a circle in q13, k = 1 .. 256."""
    cos, sin = _angles(np.arange(1, 257), SAMPLES, 13)
    return np.stack([2**13 - sin, cos], axis=-1)


def gain(peak: Ints, bits: int) -> Ints:
    """What brings `peak` to LARGEST, with so many bits behind the point, rounded down; 0 for 0."""
    return np.where(peak > 0, (LARGEST << bits) // np.maximum(peak, 1), 0)


def rfft(samples: Ints, peak: Ints) -> tuple[Ints, Ints]:
    """Bins 0 .. 511 of (..., 1024) real samples, times their gain of 16 bits / 256. peak: (..., 1), at least the largest magnitude."""
    return transformed((samples * gain(peak, 16)) >> 16)


def transformed(scaled: Ints) -> tuple[Ints, Ints]:
    """Bins 0 .. 511 of (..., 1024) samples of at most LARGEST in magnitude, times 256."""
    shape = (*scaled.shape[:-1], SAMPLES // 2)
    real, imag = scaled[..., 0::2], scaled[..., 1::2]
    reversed_ = np.arange(SAMPLES // 2).reshape(8, 8, 8).transpose(2, 1, 0).reshape(-1)
    real, imag = _radix8(real[..., reversed_].reshape(-1, 8, 1), imag[..., reversed_].reshape(-1, 8, 1))
    for span in (8, 64):
        real, imag = real.reshape(-1, 8, span), imag.reshape(-1, 8, span)
        cos, sin = _angles(np.multiply.outer(np.arange(8), np.arange(span)), 8 * span, 14)
        real, imag = _radix8((real * cos + imag * sin) >> 16, (imag * cos - real * sin) >> 16)
        real, imag = real >> 1, imag >> 1
        real[:, 0] += 2  # what rounding down took off all eight adds up here
        imag[:, 0] += 2
    return _bins(real.reshape(shape), imag.reshape(shape))


def _radix8(real: Ints, imag: Ints) -> tuple[Ints, Ints]:
    """FFTs of eight along axis 1, not scaled. Turning by an eighth rounds to nearest, by a quarter is exact."""
    a = [(real[:, i], imag[:, i]) for i in (0, 4, 2, 6, 1, 5, 3, 7)]
    for apart in (1, 2, 4):
        for first in (i for i in range(8) if not i & apart):
            (a_re, a_im), (b_re, b_im) = a[first], _turned(a[first + apart], (first & (apart - 1)) * (4 // apart))
            a[first], a[first + apart] = (a_re + b_re, a_im + b_im), (a_re - b_re, a_im - b_im)
    return np.stack([re for re, _ in a], axis=1), np.stack([im for _, im in a], axis=1)


def _turned(number: tuple[Ints, Ints], eighths: int) -> tuple[Ints, Ints]:
    """Turned clockwise by so many eighths of a circle, 0 .. 3."""
    re, im = number
    if eighths % 2:
        re, im = ((re + im) * EIGHTH + 2**14) >> 15, ((im - re) * EIGHTH + 2**14) >> 15
    return (im, -re) if eighths >= 2 else (re, im)


def _bins(real: Ints, imag: Ints) -> tuple[Ints, Ints]:
    """From the FFT of samples taken as complex numbers to that of the samples."""
    bins = np.arange(SAMPLES // 2)
    mirror = -bins % (SAMPLES // 2)
    real, imag = real.copy(), imag.copy()
    real[..., 0] += 4  # what rounding the samples down took off
    imag[..., 0] += 4
    even_re, even_im = real + real[..., mirror], imag - imag[..., mirror]
    odd_re, odd_im = imag + imag[..., mirror], real[..., mirror] - real
    cos, sin = _angles(bins, SAMPLES, 13)
    return (even_re << 13) + odd_re * cos + odd_im * sin, (even_im << 13) + odd_im * cos - odd_re * sin
