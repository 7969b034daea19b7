"""Signals: what is taken, what is refused in one message, and what the generator makes."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import scipy.io
import scipy.io.wavfile

from stator.data import LABELS, available, load_signal, to_counts
from stator.data.archives import unpacked
from stator.data.signal import Signal, checked
from stator.data.synthetic import SKF_6205, Machine, demo_signal, vibration
from stator.errors import SignalError


def tone(hz: float, rate: int, seconds: float = 1.0) -> npt.NDArray[np.float64]:
    wave: npt.NDArray[np.float64] = np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)
    return wave


def test_npy_wav_and_mat_files_give_the_same_signal(tmp_path: Path) -> None:
    wave = tone(440, 12000)
    np.save(tmp_path / "a.npy", wave)
    scipy.io.wavfile.write(tmp_path / "a.wav", 12000, wave.astype(np.float32))
    scipy.io.savemat(tmp_path / "a.mat", {"Data": wave[:, None], "SampleFrequency": 12000})
    for name in ("a.npy", "a.wav", "a.mat"):
        signal = load_signal(str(tmp_path / name))
        assert signal.sample_hz == 12000
        assert np.allclose(signal.samples, wave, atol=1e-6)


def test_integer_wav_means_eight_g_at_full_scale(tmp_path: Path) -> None:
    scipy.io.wavfile.write(tmp_path / "a.wav", 12000, np.full(2000, -32768, np.int16))
    assert np.array_equal(load_signal(str(tmp_path / "a.wav")).samples, np.full(2000, -8.0))


@pytest.mark.parametrize("rate", [20000, 48000, 44100, 8000])
def test_a_file_of_another_rate_is_refused(tmp_path: Path, rate: int) -> None:
    scipy.io.wavfile.write(tmp_path / "a.wav", rate, tone(440, rate, 2.0).astype(np.float32))
    scipy.io.savemat(tmp_path / "a.mat", {"Data": tone(440, rate, 2.0), "SampleFrequency": rate})
    for name in ("a.wav", "a.mat"):
        _refused(tmp_path / name, f"{name}: is sampled at {rate:,} Hz, and the sensor at 12,000 Hz")


@pytest.mark.parametrize("rate", [20000, 48000])
def test_recordings_of_other_rates_are_resampled_to_12_khz(rate: int) -> None:
    samples = checked("a", rate, tone(440, rate, 2.0)).samples
    assert len(samples) == 24000
    middle = slice(2000, -2000)
    assert np.abs(samples - tone(440, 12000, 2.0))[middle].max() < 0.01


def test_frequencies_above_6_khz_do_not_fold_back() -> None:
    assert np.abs(checked("a", 48000, tone(9000, 48000)).samples[500:-500]).max() < 0.01


def _refused(path: Path, says: str) -> None:
    with pytest.raises(SignalError, match=says) as caught:
        load_signal(str(path))
    assert len(str(caught.value).splitlines()) <= 4


def test_bad_samples_are_refused(tmp_path: Path) -> None:
    wave = tone(440, 12000)
    bad: dict[str, tuple[npt.NDArray[np.generic], str]] = {
        "nan": (np.where(np.arange(12000) == 7, np.nan, wave), "1 samples are not finite, the first is number 7"),
        "inf": (np.where(np.arange(12000) > 11990, np.inf, wave), "not finite"),
        "short": (wave[:1023], "1,023 samples"),
        "stereo": (wave.reshape(2, -1), "shape"),
        "complex": (wave.astype(complex), "complex128"),
        "integers": (np.arange(12000), "int64"),
        "scalar": (np.array(1.0), "shape"),
    }
    for name, (samples, says) in bad.items():
        np.save(tmp_path / f"{name}.npy", samples)
        _refused(tmp_path / f"{name}.npy", says)


class Trap:
    """What a pickle must never run."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("trapped",)


def test_pickles_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", np.array([Trap()] * 2000, dtype=object), allow_pickle=True)
    _refused(Path("a.npy"), "not a readable")
    assert not Path("trapped").exists()


def test_broken_files_are_refused(tmp_path: Path) -> None:
    wave = tone(440, 12000).astype(np.float32)
    np.save(tmp_path / "a.npy", wave)
    scipy.io.wavfile.write(tmp_path / "a.wav", 12000, wave)
    scipy.io.savemat(tmp_path / "a.mat", {"Data": wave, "SampleFrequency": 12000}, do_compression=True)
    rng = np.random.default_rng(1)
    for source in sorted(tmp_path.glob("a.*")):
        whole = source.read_bytes()
        for i, cut in enumerate((0, 5, 60, 200, len(whole) // 2)):
            path = tmp_path / f"cut{i}{source.suffix}"
            path.write_bytes(whole[:cut])
            _refused(path, ".")
        for i in range(40):  # bytes changed at random: read or refused, never anything else
            mutated = bytearray(whole)
            for at in rng.integers(0, min(len(whole), 400), 3):
                mutated[at] = rng.integers(256)
            path = tmp_path / f"changed{i}{source.suffix}"
            path.write_bytes(mutated)
            with contextlib.suppress(SignalError):
                load_signal(str(path))


def test_rates_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    for rate in (0, 500, 10_000_000, 12000.5, float("nan")):
        scipy.io.savemat(tmp_path / "a.mat", {"Data": tone(440, 12000), "SampleFrequency": rate})
        _refused(tmp_path / "a.mat", "sampled at|not a readable")


def test_mat_without_a_rate_is_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "normal_0_97.mat", {"X097_DE_time": tone(440, 12000)})
    _refused(tmp_path / "normal_0_97.mat", "no sampling rate")
    scipy.io.savemat(tmp_path / "other.mat", {"y": tone(440, 12000)})
    _refused(tmp_path / "other.mat", "no variable")


@pytest.mark.parametrize("spec", ["no/such/file.npy", "", "\0", "/", "a.txt", "synthetic:gear", "x" * 5000])
def test_signals_that_do_not_exist_are_refused(spec: str) -> None:
    with pytest.raises(SignalError):
        load_signal(spec)


def test_no_recordings_says_where_they_were_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATOR_DATA", str(tmp_path))
    assert not available("cwru")
    with pytest.raises(SignalError, match=r"neither cwru/ nor cwru\.tar\.xz") as caught:
        load_signal("cwru:108")
    assert "STATOR_DATA" in str(caught.value)


def _archive(path: Path, names: list[str]) -> None:
    with tarfile.open(path, "w:xz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 3
            tar.addfile(member, io.BytesIO(b"abc"))


def test_archives_are_unpacked_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATOR_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _archive(tmp_path / "set.tar.xz", ["set/a.mat"])
    folder = unpacked("set")
    assert (folder / "a.mat").read_bytes() == b"abc"
    (folder / "mark").touch()
    assert (unpacked("set") / "mark").exists()
    _archive(tmp_path / "evil.tar.xz", ["evil/a.mat", "../../outside"])
    with pytest.raises(SignalError, match="cannot be unpacked"):
        unpacked("evil")
    whole = (tmp_path / "set.tar.xz").read_bytes()
    (tmp_path / "half.tar.xz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SignalError, match="cannot be unpacked"):
        unpacked("half")
    kept = sorted(p.name.split("-")[0] for p in (tmp_path / "cache/stator/data").iterdir())
    assert kept == ["set"]
    assert not (tmp_path / "outside").exists()


@pytest.mark.data
def test_recordings_are_found_by_number_and_name() -> None:
    if not (available("cwru") and available("uestc")):
        pytest.skip("no recordings: STATOR_DATA does not hold cwru.tar.xz and uestc.tar.xz")
    for spec, label, rpm in (
        ("cwru:108", "inner", 1721),
        ("cwru:100", "healthy", 1725),
        ("cwru:200", "outer", 1723),
        ("cwru:225", "ball", 1729),
    ):
        signal = load_signal(spec)
        assert (signal.label, signal.rpm, signal.sample_hz) == (label, rpm, 12000)
        assert 100_000 < len(signal.samples) < 130_000
    assert len(load_signal("cwru:97").samples) == 60985  # the decimated one of the two
    signal = load_signal("uestc:O_1200_1")
    assert (signal.label, signal.rpm, len(signal.samples)) == ("outer", 1200, 157287)
    for spec, says in (("cwru:107x", "cwru:107"), ("cwru:1", "cwru:1"), ("uestc:O_1200", "uestc:O_1200_1"), ("cwru:../x", "no CWRU")):
        with pytest.raises(SignalError, match=says):
            load_signal(spec)


def test_counts_are_rounded_saturated_and_counted() -> None:
    counts = to_counts(Signal("", 12000, np.array([0.0, 1 / 256, 0.6 / 256, -8.0, -9.0, 8.0, 7.99, 1e300])), 256)
    assert counts.samples.tolist() == [0, 1, 1, -2048, -2048, 2047, 2045, 2047]
    assert counts.clipped == 3
    assert counts.frames.shape == (0, 1024)


def test_geometry_of_the_6205_is_the_published_one() -> None:
    assert SKF_6205.outer == pytest.approx(3.5848, abs=0.001)
    assert SKF_6205.inner == pytest.approx(5.4152, abs=0.001)
    assert SKF_6205.ball == pytest.approx(4.7135, abs=0.002)
    assert SKF_6205.cage == pytest.approx(0.3983, abs=0.0001)


@pytest.mark.parametrize("label", LABELS)
def test_generator_gives_the_same_signal_each_time(label: str) -> None:
    first, second = demo_signal(label, seconds=2.0), demo_signal(label, seconds=2.0)
    assert np.array_equal(first.samples, second.samples)
    assert (first.label, first.sample_hz) == (label, 12000)
    assert to_counts(first, 256).clipped == 0


@pytest.mark.parametrize("label", ["inner", "outer"])
def test_generated_envelope_shows_the_line_of_its_damage(label: str) -> None:
    machine = Machine(fault=label)
    samples = vibration(machine, 8.0, np.random.default_rng(1))
    spectrum = np.fft.fft(samples)
    hz = np.abs(np.fft.fftfreq(len(samples), 1 / 12000))
    spectrum[(hz < 2000) | (np.fft.fftfreq(len(samples)) < 0)] = 0
    envelope = np.abs(np.fft.ifft(spectrum))
    lines = np.abs(np.fft.rfft(envelope - envelope.mean()))
    orders = np.fft.rfftfreq(len(samples), 1 / 12000) / machine.shaft_hz

    def line(order: float) -> float:
        near = np.abs(orders - order) < 0.1
        return float(lines[near].max() / np.median(lines[np.abs(orders - order) < 1]))

    races = {"inner": SKF_6205.inner, "outer": SKF_6205.outer}
    assert line(races.pop(label)) > 8
    assert line(races.popitem()[1]) < 8
