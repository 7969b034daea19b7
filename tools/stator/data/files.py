"""Signals out of files. Every byte is untrusted: nothing is unpickled, sizes are looked at before anything is read."""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from stator.data.signal import MAX_SAMPLES, SAMPLE_HZ, Signal, checked
from stator.errors import SignalError

MAX_FILE_BYTES = 512 * 1024**2
WAV_FULL_SCALE_G = 8.0
"""What the full scale of an integer .wav means: the range of the sensor."""


def load_file(path: Path, sample_hz: int = SAMPLE_HZ, channels: int = 1) -> Signal:
    """The signal of so many channels in a .npy (float, g), .wav (float: g) or .mat file (CWRU's or UESTC's variables), sampled at
    `sample_hz`. Raises SignalError.

    A file of another rate is refused: a resampled signal is not what the sensor gave, so that is for its owner to do.
    """
    rate, samples, rpm = read(path, path.name, sample_hz if path.suffix.lower() == ".npy" else None)
    if rate != sample_hz:
        raise SignalError(
            f"{path.name}: is sampled at {rate:,g} Hz, and the sensor at {sample_hz:,} Hz",
            remedy=f"resample it, for example sox IN.wav -r {sample_hz} OUT.wav; cwru:NNN and uestc:FILE are resampled by themselves",
        )
    return checked(path.name, rate, samples, rpm=rpm, to_hz=sample_hz, channels=channels)


Content = tuple[float, np.ndarray[Any, Any], float | None]


def read(path: Path, name: str, sample_hz: int | None = None) -> Content:
    """Rate in Hz, samples in g and speed in rpm of a file, as they stand in it. `sample_hz`: for .npy and .mat files that do not say
    their rate."""
    try:
        size = path.stat().st_size if path.is_file() else None
    except (OSError, ValueError):
        size = None
    if size is None:
        raise SignalError(f"{name}: no such file", remedy="cwru:NNN, uestc:FILE, synthetic, or a path to a .npy, .wav or .mat file")
    if size > MAX_FILE_BYTES:
        raise SignalError(f"{name}: {size:,} B are too many", remedy=f"cut a piece of at most {MAX_FILE_BYTES:,} B")
    readers = {".npy": _npy, ".wav": _wav, ".mat": _mat}
    suffix = path.suffix.lower()
    if suffix not in readers:
        raise SignalError(f"{name}: a signal file ends in {', '.join(readers)}", remedy="convert the recording to one of these")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", message="Reached EOF")  # a .wav cut short
            return readers[suffix](path, name, sample_hz)
    except SignalError:
        raise
    except Exception as error:  # readers of untrusted files fail in every way there is
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SignalError(f"{name}: is not a readable {suffix} file: {reason[:120]}", remedy="write the file again") from None


def _npy(path: Path, name: str, sample_hz: int | None) -> Content:
    samples = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(samples, np.ndarray):
        raise SignalError(f"{name}: is an archive of arrays", remedy="save one array with numpy.save")
    return sample_hz or SAMPLE_HZ, samples, None


def _wav(path: Path, name: str, sample_hz: int | None) -> Content:
    from scipy.io import wavfile  # noqa: PLC0415 (slow to load, and only this needs it)

    rate, samples = wavfile.read(path)
    if samples.dtype.kind == "u":  # 8 bits, offset by 128
        samples = (samples.astype(np.float64) - 128) / 128 * WAV_FULL_SCALE_G
    elif samples.dtype.kind == "i":
        samples = samples.astype(np.float64) / -float(np.iinfo(samples.dtype).min) * WAV_FULL_SCALE_G
    return rate, samples, None


def _mat(path: Path, name: str, sample_hz: int | None) -> Content:
    from scipy.io import loadmat, whosmat  # noqa: PLC0415 (slow to load, and only this needs it)

    shapes = {variable: shape for variable, shape, _ in whosmat(str(path))}
    drive_end = [v for v in shapes if re.fullmatch(r"X\d+_DE_time", v)]
    data = drive_end[:1] or (["Data"] if "Data" in shapes else [])
    if not data:
        there = ", ".join(sorted(shapes)[:6]) or "nothing"
        raise SignalError(f"{name}: no variable X<nnn>_DE_time or Data, but {there}", remedy="save the samples as Data")
    count = math.prod(shapes[data[0]])
    if count > MAX_SAMPLES:
        raise SignalError(f"{name}: has {count:,} samples", remedy=f"at most {MAX_SAMPLES:,}")
    single = [v for v, shape in shapes.items() if math.prod(shape) == 1 and (v == "SampleFrequency" or re.fullmatch(r"X\d+RPM", v))]
    content = loadmat(str(path), variable_names=[*data, *single])
    rate: float | None = float(content["SampleFrequency"].item()) if "SampleFrequency" in single else sample_hz
    if rate is None:
        said = re.search(r"(?<!\d)(12|48)k(?![a-z])", path.name, re.IGNORECASE)
        rate = 1000.0 * int(said[1]) if said else None
    if rate is None:
        raise SignalError(
            f"{name}: says no sampling rate, and healthy CWRU recordings come at 12 and at 48 kHz",
            remedy="cwru:NNN, or a variable SampleFrequency, or '12k' in the file's name",
        )
    speeds = [float(content[v].item()) for v in single if v.endswith("RPM")]
    return rate, content[data[0]], speeds[0] if speeds else None
