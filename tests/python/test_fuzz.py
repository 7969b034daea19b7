"""A short campaign of hostile files; `python -m tests.fuzz` runs longer ones. Each file is read in a process that dies of too much."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stator import ptq
from stator.errors import ModelError
from stator.frontends import MAX_FILE_BYTES, _onnx_build, onnx, read, tflite
from stator.passes.verify import MAX_CONSTANT_BYTES
from stator.paths import ROOT
from tests.fuzz.campaign import environment, mutants
from tests.fuzz.mutants import mutant, seeds
from tests.fuzz.target import MEMORY_BYTES, SECONDS, SUFFIXES, taken

FILES = 250
FINDINGS = sorted((ROOT / "tests" / "fuzz" / "findings").glob("*.hex"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_mutants_are_taken_or_refused_within_the_bounds(suffix: str) -> None:
    outcome = mutants(suffix, 2026, 0, FILES)
    assert outcome.found == ()
    assert FILES / 20 < outcome.taken < FILES / 2  # neither all harmless nor all broken at the first byte


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_whole_files_are_taken_and_mutants_are_the_same_every_time(suffix: str) -> None:
    assert all(taken(suffix, data) for data in seeds(suffix)[-2:])
    assert [mutant(suffix, 7, i) for i in range(20)] == [mutant(suffix, 7, i) for i in range(20)]


@pytest.mark.parametrize("file", FINDINGS, ids=lambda file: file.stem)
def test_what_was_found_once_is_right_now(file: Path) -> None:
    """The name is what was wrong, then the format; the text is the file, as hexadecimal digits. Only sums of scalars are a model."""
    suffix = Path(file.stem).suffix
    assert taken(suffix, bytes.fromhex(file.read_text(encoding="ascii"))) == file.stem.startswith("scalars")


def bounded(work: str) -> subprocess.CompletedProcess[str]:
    """Some Python under a worker's bounds, of which those of time and memory are 1 s and 64 MB."""
    lines = ("import numpy as np", "from tests.fuzz.worker import bounded", "bounded(1.0, 64 << 20)", work, "print('through')")
    words = [sys.executable, "-c", "\n".join(lines)]
    return subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=300)


def test_a_worker_dies_of_what_takes_too_much() -> None:
    assert "through" in bounded("np.ones(4 << 20, np.uint8)").stdout
    assert "MemoryError" in bounded("np.ones(128 << 20, np.uint8)").stderr
    assert bounded("while True: pass").returncode == -signal.SIGPROF


def test_deep_nesting_is_refused() -> None:
    """A graph in an attribute of a node in a graph, 5,000 times."""
    inner = b""
    for _ in range(5000):
        for tag in (0x32, 0x2A, 0x0A):  # attribute.g, node.attribute, graph.node
            inner = bytes([tag]) + _varint(len(inner)) + inner
    with pytest.raises(ModelError, match="no ONNX file"):
        read(b"\x3a" + _varint(len(inner)) + inner, ".onnx", "deep")


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def test_the_page_states_the_limits() -> None:
    page = (ROOT / "docs" / "hostile-models.md").read_text(encoding="utf-8")
    rows = {
        cells[0]: cells[1:] for line in page.splitlines() if (cells := [c.strip() for c in line.strip("|").split("|")]) and len(cells) == 3
    }
    limits = {
        "bytes of the file": (MAX_FILE_BYTES, MAX_FILE_BYTES),
        "operators in the file": (tflite.MAX_NODES, onnx.MAX_FILE_NODES),
        "operators of the graph": (tflite.MAX_NODES, _onnx_build.MAX_NODES),
        "tensors; in ONNX initializers": (tflite.MAX_TENSORS, onnx.MAX_INITIALIZERS),
        "elements of a tensor": (tflite.MAX_ELEMENTS, _onnx_build.MAX_ELEMENTS),
        "dimensions of a tensor": (tflite.MAX_RANK, onnx.MAX_RANK),
        "inputs or outputs of an operator": (tflite.MAX_OPERANDS, onnx.MAX_OPERANDS),
        "bytes of constants that operators read, each as often as it is read": (MAX_CONSTANT_BYTES, _onnx_build.MAX_CONSTANT_BYTES),
    }
    for what, values in limits.items():
        assert rows[what] == [f"{value:,}" for value in values], what
    assert f"{SECONDS} s of processor time and {MEMORY_BYTES >> 20} MB of memory" in page
    assert f"{ptq.MAX_MEMBERS} members and {ptq.MAX_UNPACKED_BYTES:,} B" in page
