"""Fixed-point pieces of the front end: exact integers, the same values as the C in firmware/dsp/.

Arrays are int64 throughout (uint64 for powers), vectorised over the leading axes; `docs/front-end.md` is the specification of every
shift and rounding. Nothing here is a translation of the C: the FFT works on reshaped views of whole batches and multiplies by an
exact one where the C takes a separate path.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Powers = npt.NDArray[np.uint64]

SINE_STEPS = 4096
LOG2_CURVE = 22700
"""Weight of the parabola f (1 - f) that turns a mantissa into its logarithm, in q16."""
ROOT = (16992, 34473, 20731)
"""The parabola c0 + c1 x - c2 x**2 that is nearest to the square root from a quarter to one: q16, q15, q16."""


@cache
def sine() -> Ints:
    """sin(2 pi k / 4096) in q31, rounded to nearest, saturated to +-(2**31 - 1): of it the firmware has as many steps as it needs."""
    exact = np.sin(2.0 * np.pi * np.arange(SINE_STEPS) / SINE_STEPS) * 2.0**31
    table = np.clip(np.rint(exact), -(2.0**31) + 1, 2.0**31 - 1).astype(np.int64)
    table.setflags(write=False)
    return table


def cosine(index: Ints) -> Ints:
    """cos(2 pi index / 4096) in q31."""
    values: Ints = sine()[(index + SINE_STEPS // 4) % SINE_STEPS]
    return values


def mulh(a: Ints, b: Ints) -> Ints:
    """The upper half of a 32 x 32 bit product, rounded down: a q31 product halved."""
    return (a * b) >> 32


def headroom(peak: Ints) -> Ints:
    """Zero bits above `peak` in a 32-bit word: `clz(peak)`, 32 for 0. peak: 0 .. 2**31 - 1."""
    return 32 - bit_length(peak)


def bit_length(value: Ints) -> Ints:
    """Bits that a value of at most 53 bits needs, 0 for 0."""
    return np.frexp(value.astype(np.float64))[1].astype(np.int64)


def log2_q8(power: Powers) -> Ints:
    """256 log2(power), 0 for 0, for values below 2**64; within 2.5 (0.01 octaves)."""
    high = (power >> np.uint64(32)).astype(np.int64)
    low = (power & np.uint64(0xFFFFFFFF)).astype(np.int64)
    exponent = np.where(high > 0, 32 + bit_length(high), bit_length(low)) - 1
    aligned = power << (63 - np.maximum(exponent, 0)).astype(np.uint64)
    fraction = ((aligned >> np.uint64(47)) & np.uint64(0xFFFF)).astype(np.int64)
    curved = fraction + ((((fraction * (65536 - fraction)) >> 16) * LOG2_CURVE) >> 16)
    return np.where(power == 0, 0, (exponent << 8) + ((curved + 128) >> 8))


def mel_bands(power: Powers, edges: Sequence[int]) -> Ints:
    """256 log2 of a sixteenth of each band's energy, 0 where that is below 1: (..., bins) to (..., bands).

    Band b weighs bins with a triangle that starts at edges[b], is 1 at edges[b + 1] and ends at edges[b + 2]. power: the bins' energies,
    below 2**58 together.
    """
    rises, falls = [], []
    for first, end in itertools.pairwise(edges):
        slope = power[..., first:end] >> np.uint64(4)
        ramp = (slope * np.arange(end - first, dtype=np.uint64)).sum(axis=-1, dtype=np.uint64)
        reciprocal = np.uint64((2**32 - 1) // (end - first))
        risen = (ramp >> np.uint64(32)) * reciprocal + (((ramp & np.uint64(0xFFFFFFFF)) * reciprocal) >> np.uint64(32))
        rises.append(risen)
        falls.append(slope.sum(axis=-1, dtype=np.uint64) - risen)
    return log2_q8(np.stack(rises[:-1], axis=-1) + np.stack(falls[1:], axis=-1))


@cache
def bit_reversed(size: int) -> npt.NDArray[np.intp]:
    """Where each position of a bit-reversed array of `size` elements takes its value from."""
    order = np.zeros(1, dtype=np.intp)
    while len(order) < size:
        order = np.concatenate([2 * order, 2 * order + 1])
    return order


def _turn(real: Ints, imag: Ints, cos: Ints, sin: Ints) -> tuple[Ints, Ints]:
    """(real + i imag) (cos - i sin) / 2."""
    return mulh(real, cos) + mulh(imag, sin), mulh(imag, cos) - mulh(real, sin)


def fft(real: Ints, imag: Ints) -> tuple[Ints, Ints]:
    """Complex FFT over the last axis (a power of two from 4 to 2048), divided by its length.

    Parts must be at most 2**30 in magnitude; the results' moduli do not exceed the largest modulus of the input.
    """
    shape = real.shape
    size = shape[-1]
    real, imag = real[..., bit_reversed(size)], imag[..., bit_reversed(size)]
    span = 1
    if (size.bit_length() - 1) % 2:
        pairs_re, pairs_im = real.reshape(-1, 2) >> 1, imag.reshape(-1, 2) >> 1
        real = np.stack([pairs_re[:, 0] + pairs_re[:, 1], pairs_re[:, 0] - pairs_re[:, 1]], axis=1)
        imag = np.stack([pairs_im[:, 0] + pairs_im[:, 1], pairs_im[:, 0] - pairs_im[:, 1]], axis=1)
        span = 2
    while span < size:
        quarter_re, quarter_im = real.reshape(-1, 4, span), imag.reshape(-1, 4, span)
        # position in the block -> which of every four inputs it came from: 0, 2, 1, 3
        angle = np.multiply.outer(np.array([0, 2, 1, 3]), np.arange(span)) * (SINE_STEPS // (4 * span))
        cos = np.where(angle == 0, 2**31, cosine(angle))
        turned_re, turned_im = _turn(quarter_re, quarter_im, cos, sine()[angle])
        a_re, c_re, b_re, d_re = (turned_re[:, i] for i in range(4))
        a_im, c_im, b_im, d_im = (turned_im[:, i] for i in range(4))
        s_re, s_im, t_re, t_im = (a_re + c_re) >> 1, (a_im + c_im) >> 1, (a_re - c_re) >> 1, (a_im - c_im) >> 1
        u_re, u_im, v_re, v_im = (b_re + d_re) >> 1, (b_im + d_im) >> 1, (b_re - d_re) >> 1, (b_im - d_im) >> 1
        real = np.stack([s_re + u_re, t_re + v_im, s_re - u_re, t_re - v_im], axis=1)
        imag = np.stack([s_im + u_im, t_im - v_re, s_im - u_im, t_im + v_re], axis=1)
        span *= 4
    return real.reshape(shape), imag.reshape(shape)


def real_fft(samples: Ints) -> tuple[Ints, Ints]:
    """The first half of the FFT of real samples over the last axis (length a power of two up to 4096), divided by the length.

    Samples must be at most 2**30 in magnitude. Bin 0 is exact in its real part; the bin at half the rate is left out.
    """
    half = samples.shape[-1] // 2
    real, imag = fft(samples[..., 0::2], samples[..., 1::2])
    bins = np.arange(half)
    mirror = (-bins) % half
    even_re, even_im = (real >> 1) + (real[..., mirror] >> 1), (imag >> 1) - (imag[..., mirror] >> 1)
    odd_re, odd_im = (imag >> 1) + (imag[..., mirror] >> 1), (real[..., mirror] >> 1) - (real >> 1)
    angle = bins * (SINE_STEPS // (2 * half))
    cos = np.where(angle == 0, 2**31, cosine(angle))
    turned_re, turned_im = _turn(odd_re, odd_im, cos, sine()[angle])
    return (even_re >> 1) + turned_re, (even_im >> 1) + turned_im


def magnitude(real: Ints, imag: Ints) -> Ints:
    """About the modulus: the larger part, or 7/8 of it and 1/2 of the smaller, whichever is more (-3.0 to +0.8 %)."""
    large = np.maximum(np.abs(real), np.abs(imag))
    small = np.minimum(np.abs(real), np.abs(imag))
    size: Ints = np.maximum(large, large - (large >> 3) + (small >> 1))
    return size


def root_q30(value: Ints) -> Ints:
    """About 2**15 sqrt(value) for values below 2**30: one parabola per two octaves (within +-0.51 %)."""
    even = headroom(value) & ~1
    mantissa = (value << even) >> 16  # 2**14 .. 2**16 - 1: a quarter to one
    bend = (((mantissa * mantissa) >> 16) * ROOT[2]) >> 16
    root = ROOT[0] + ((mantissa * ROOT[1]) >> 15) - bend
    return np.where(value > 0, (root << 14) >> ((even - 2) >> 1), 0)
