"""The firmware's RTOS-free core on this machine, under AddressSanitizer and UBSan: units in C, and the whole monitor, event by event."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stator.data import load_signal, to_counts
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.paths import FIRMWARE, ROOT
from stator.spec import load_model_spec
from stator.telemetry import Record, Telemetry, decode
from tests.python.cmake_project import firmware

Halves = npt.NDArray[np.int16]

C_TESTS = sorted(p for p in (ROOT / "tests" / "firmware").glob("test_*.c") if p.stem != "test_health")  # that one: test_health.py
FOLDERS = ("include/stator/*.h", "kernels/*/*.h", "port/host/*.h")
HEADERS = sorted(h for folder in FOLDERS for h in FIRMWARE.glob(folder) if h.name != "asm.h")  # that one is for .S files only
STRICT = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wshadow"]
SANITIZERS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
UNKNOWN = 255


@pytest.mark.parametrize("test", C_TESTS, ids=lambda p: p.stem)
def test_c(test: Path, tmp_path: Path) -> None:
    text = test.read_text(encoding="utf-8")
    sources = re.search(r"sources:([^*\n]*)", text)
    flags = re.search(r"^ \* flags:(.*)$", text, re.M)
    assert sources is not None, "the first line names the sources under test"
    program = tmp_path / test.stem
    words = ["gcc", *STRICT, *SANITIZERS, *(flags[1].split() if flags else []), f"-I{FIRMWARE / 'include'}"]
    words += [f"-I{FIRMWARE / 'drivers'}", f"-I{test.parent}", str(test)]
    subprocess.run([*words, *(str(ROOT / s) for s in sources[1].split()), "-o", str(program)], check=True)
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="module")
def host_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build folder of the bearing monitor for the board `host`."""
    return firmware(tmp_path_factory.mktemp("host") / "build", "host").parent


@pytest.fixture(scope="module")
def signal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Halves, Path]:
    """24 halves of the project's own generator, and the file that holds them."""
    spec = load_model_spec("bearing")
    assert spec.input is not None
    counts = to_counts(load_signal("synthetic"), spec.input.counts_per_g).samples
    halves = np.ascontiguousarray(counts[: 24 * 1024].reshape(24, 1024))
    file = tmp_path_factory.mktemp("signal") / "signal.raw"
    file.write_bytes(halves.astype("<i2").tobytes())
    return halves, file


def play(host_build: Path, file: Path, events: str) -> Telemetry:
    done = subprocess.run([str(host_build / "firmware.elf"), str(file), events], capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-4000:]
    told = decode(done.stdout)
    assert told.garbage == 0
    assert told.failure is None
    return told


def raw_is_right(record: Record, halves: Halves) -> bool:
    return record.crc == zlib.crc32(halves[record.sequence % len(halves)].astype("<i2").tobytes())


@pytest.mark.parametrize("header", HEADERS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_public_header_compiles_alone(header: Path, host_build: Path, tmp_path: Path) -> None:
    source = tmp_path / "alone.c"
    source.write_text(f'#include "{header}"\n', encoding="utf-8")
    includes = [f"-I{folder}" for folder in (FIRMWARE / "include", FIRMWARE / "kernels", host_build / "generated")]
    words = ["gcc", "-std=c11", "-pedantic", *STRICT[1:], "-fsyntax-only", *includes, str(source)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_banner_says_what_the_image_is(host_build: Path, signal: tuple[Halves, Path]) -> None:
    banner = play(host_build, signal[1], "").banner
    spec = load_model_spec("bearing")
    assert banner is not None
    assert (banner.board, banner.model) == ("host", "bearing")
    assert load(spec.path).sha256.startswith(banner.sha256)
    assert spec.window is not None
    assert (banner.window, banner.columns) == (spec.window.frames, spec.window.columns)


def test_every_frame_equals_the_oracle(host_build: Path, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    records = play(host_build, file, "hr" * 60).records
    spec = load_model_spec("bearing")
    assert [r.sequence for r in records] == list(range(60))
    for record, expected in zip(records, oracle(spec, load(spec.path), halves).replay(range(60)), strict=True):
        assert record.column == expected.column
        assert record.logits == expected.logits
        assert (record.label, record.confidence, record.state) == (expected.label, expected.confidence, expected.state)
        assert raw_is_right(record, halves)


def test_state_is_unknown_until_window_and_debounce_are_full(host_build: Path, signal: tuple[Halves, Path]) -> None:
    spec = load_model_spec("bearing")
    assert spec.window is not None
    records = play(host_build, signal[1], "hr" * 60).records
    known = [r.state != UNKNOWN for r in records]
    assert not any(known[: spec.window.frames + spec.decision.debounce - 1])
    assert any(known)


def test_late_release_loses_one_frame_and_says_so(host_build: Path, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    records = play(host_build, file, "hr" * 3 + "hdf" + "r" + "hr" * 3).records
    assert [r.sequence for r in records] == [0, 1, 2, 4, 5, 6, 7]
    assert [r.overruns for r in records] == [0, 0, 0, 1, 1, 1, 1]
    assert all(raw_is_right(r, halves) for r in records)


def test_missed_interrupts_are_counted(host_build: Path, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    for missed in range(1, 5):
        records = play(host_build, file, "hr" + "m" * missed + "hr").records
        assert [(r.sequence, r.overruns) for r in records] == [(0, 0), (missed + 1, missed)]
        assert all(raw_is_right(r, halves) for r in records)


def test_window_never_spans_lost_samples(host_build: Path, signal: tuple[Halves, Path]) -> None:
    halves, file = signal
    spec = load_model_spec("bearing")
    records = play(host_build, file, "hr" * 20 + "hhr" + "hr" * 20).records
    sequences = [r.sequence for r in records]
    assert sequences == [*range(20), *range(21, 42)]
    for record, expected in zip(records, oracle(spec, load(spec.path), halves).replay(sequences), strict=True):
        assert record.logits == expected.logits
        assert record.state == expected.state


def test_slow_telemetry_loses_records_and_says_so(host_build: Path, signal: tuple[Halves, Path]) -> None:
    records = play(host_build, signal[1], "hfi" * 6 + "ttttt" + "hr").records
    assert [r.sequence for r in records] == [0, 1, 6]
    assert records[-1].overruns == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(events="hfhfhhhhhhh")  # the queue is full when the newest column comes
@given(events=st.lists(st.sampled_from(["h", "h", "h", "mh", "mmh", "d", "f", "f", "i", "i", "t", "t"]), max_size=60).map("".join))
def test_no_schedule_loses_or_duplicates_a_half_silently(events: str, host_build: Path, signal: tuple[Halves, Path]) -> None:
    """Whoever is late: every record is of the half that it names, none comes twice, and a later record counts every missing one."""
    halves, file = signal
    # All finish first, so that a last, whole frame can tell what was lost before it. The supervisor comes after that frame: it
    # restarts a task that lost as many halves as a schedule here can make it lose (test_health.py).
    records = play(host_build, file, events + "fit" * 12 + "hr").records
    sequences = [r.sequence for r in records]
    assert sequences == sorted(set(sequences))
    assert all(raw_is_right(r, halves) for r in records)
    assert records[-1].overruns == sequences[-1] + 1 - len(sequences)
