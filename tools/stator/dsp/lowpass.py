"""The low-pass filter in front of decimation, and decimation itself: the twin of `stator_decimate`."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

REACH = 8
"""Values of the lower rate that the filter reaches to either side."""
CUTOFF = 0.5
"""In units of the lower rate: half way from the last bin that the front end looks at, 3/8, to the first that folds onto it, 5/8."""
BETA = 6.2
"""Of the Kaiser window: what is folded onto those bins is down by 63 dB, what they keep is flat within 0.01 dB."""


@cache
def taps(factor: int) -> npt.NDArray[np.int64]:
    """(8 factor + 1): the filter's middle and one side, q15. All together are 1."""
    at = np.arange(REACH * factor + 1) / factor
    side = 2 * CUTOFF * np.sinc(2 * CUTOFF * at) * np.i0(BETA * np.sqrt(1 - (at / REACH) ** 2)) / np.i0(BETA)
    rounded: npt.NDArray[np.int64] = np.rint(side * 2.0**15 / (side[0] + 2 * side[1:].sum())).astype(np.int64)
    rounded[0] += 2**15 - (rounded[0] + 2 * rounded[1:].sum())
    rounded.setflags(write=False)
    return rounded


def decimated(samples: npt.NDArray[np.int16], factor: int) -> npt.NDArray[np.int16]:
    """Every `factor`-th value behind the filter: (..., n factor) to (..., n). The first and the last value go on beyond the ends."""
    if factor == 1:
        return samples
    side, reach = taps(factor), REACH * factor
    wide = np.pad(samples.astype(np.int64), [(0, 0)] * (samples.ndim - 1) + [(reach, reach)], mode="edge")
    count = samples.shape[-1]
    total = np.full((*samples.shape[:-1], count // factor), 1 << 14, np.int64)
    for k in range(-reach, reach + 1):
        total += side[abs(k)] * wide[..., reach + k : reach + k + count : factor]
    kept: npt.NDArray[np.int16] = np.clip(total >> 15, -32768, 32767).astype(np.int16)
    return kept
