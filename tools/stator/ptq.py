"""Post-training quantization of float models, and Keras files to TFLite: by TensorFlow and onnxruntime, in a process of their own.

A process of its own, because both take seconds to load, write to the terminal, and can die of a hostile file.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stator.errors import ConfigError, ModelError, ToolError
from stator.yamlfile import shown

SECONDS = 600
MAX_SAMPLES = 2000
MAX_SAMPLE_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024  # of a .keras file, which is a zip archive
MAX_MEMBERS = 64

#: What quantizes a file of this suffix, and the suffix of what comes out.
_MAKERS = {".keras": ("tensorflow", ".tflite"), ".tflite": ("tensorflow", ".tflite"), ".onnx": ("onnxruntime", ".onnx")}


def samples(folder: Path) -> list[list[npt.NDArray[np.float32]]]:
    """Calibration inputs: .npy files of a folder, each one input or a batch of them; for several inputs a subfolder per run.

    Raises ConfigError.
    """
    if not folder.is_dir():
        raise ConfigError(f"{shown(folder)}: no such folder", remedy="a folder of .npy files, each an input of the float model")
    subfolders = sorted(sub for sub in folder.iterdir() if sub.is_dir())
    groups = [sorted(sub.glob("*.npy")) for sub in subfolders] if subfolders else [[file] for file in sorted(folder.glob("*.npy"))]
    if not groups or not all(groups):
        raise ConfigError(
            f"{shown(folder)}: no inputs are there", remedy="some 100 typical inputs as .npy files, as the float model takes them"
        )
    total, found = 0, []
    for group in groups[:MAX_SAMPLES]:
        arrays = [_sample(file) for file in group]
        total += sum(array.nbytes for array in arrays)
        if total > MAX_SAMPLE_BYTES:
            raise ConfigError(f"{shown(folder)}: more than {MAX_SAMPLE_BYTES:,} B", remedy="some 100 typical inputs are enough")
        found.append(arrays)
    return found


def _sample(file: Path) -> npt.NDArray[np.float32]:
    try:
        values = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ConfigError(f"{shown(file)}: cannot be read: {str(error)[:120]}") from None
    if values.dtype.kind not in "fiu" or values.nbytes > MAX_SAMPLE_BYTES:
        raise ConfigError(f"{shown(file)}: {values.size:,} values of {values.dtype}", remedy="an input of the float model, float32")
    array = np.array(values, dtype=np.float32)
    if array.size == 0 or not bool(np.isfinite(array).all()):
        raise ConfigError(f"{shown(file)}: is empty, or has values that are not finite", remedy="leave the file out")
    return array


def quantized(model: Path, folder: Path) -> tuple[bytes, str]:
    """The INT8 model of a float one, and the suffix of its format. Raises ConfigError, ModelError or ToolError."""
    package, suffix = _maker(model.suffix.lower(), model.name)
    arrays = samples(folder)
    packed = io.BytesIO()
    named: dict[str, Any] = {f"{run:05d}_{i:02d}": array for run, group in enumerate(arrays) for i, array in enumerate(group)}
    np.savez(packed, **named)
    return _made(model.name, package, model.suffix.lower(), _bytes(model), packed.getvalue()), suffix


def to_tflite(data: bytes, name: str) -> bytes:
    """A .keras file as a float .tflite file. Raises ModelError or ToolError."""
    return _made(name, "tensorflow", ".keras", data, b"")


def _maker(suffix: str, name: str) -> tuple[str, str]:
    if suffix not in _MAKERS:
        raise ConfigError(f"{name}: nothing quantizes such a file", remedy=f"one of: {', '.join(_MAKERS)}")
    return _MAKERS[suffix]


def _bytes(model: Path) -> bytes:
    from stator.frontends import contents  # noqa: PLC0415 (the front end of .keras files needs this module)

    return contents(model)


def _made(name: str, package: str, suffix: str, data: bytes, packed: bytes) -> bytes:
    """Runs stator.ptq_worker on a model's bytes."""
    if find_spec(package) is None:
        raise ToolError(
            f"{name}: needs {package}, which is not installed", remedy=f"./inv with Python 3.11 to 3.13, or pip install {package}"
        )
    if suffix == ".keras":
        _unpacks_small(data, name)
    with tempfile.TemporaryDirectory(prefix="stator-ptq-") as scratch:
        folder = Path(scratch)
        source, target, calibration = folder / f"model{suffix}", folder / "made", folder / "samples.npz"
        source.write_bytes(data)
        calibration.write_bytes(packed)
        words = [sys.executable, "-m", "stator.ptq_worker", str(source), str(target), str(calibration) if packed else ""]
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(Path(__file__).parents[1])}
        try:
            done = subprocess.run(
                words,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
                errors="replace",
                timeout=SECONDS,
                cwd=folder,
                env={**os.environ, **quiet},
            )
        except subprocess.TimeoutExpired:
            raise ModelError(
                f"model '{name}': {package} took more than {SECONDS} s", remedy="use a smaller model, or fewer inputs"
            ) from None
        if done.returncode != 0 or not target.is_file():
            said = [line for line in done.stderr.splitlines() if line.startswith("ptq: ")] or done.stderr.splitlines()
            raise ModelError(
                f"model '{name}': {package} cannot convert it",
                details=[line.removeprefix("ptq: ")[:200] for line in said[-1:]],
                remedy="is it a float model, and do the inputs have its shapes?",
            )
        return target.read_bytes()


def _unpacks_small(data: bytes, name: str) -> None:
    """Refuses what is no .keras archive, or unpacks to more than any model for a microcontroller has."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise ModelError(f"model '{name}' is no .keras file, or a truncated one", remedy="model.save('name.keras') with Keras 3") from None
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise ModelError(f"model '{name}' unpacks to too much", remedy=f"at most {MAX_UNPACKED_BYTES:,} B in {MAX_MEMBERS} files are taken")
