"""The front end in C against its NumPy twin, bit for bit; the twin against floating point and against its specification."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.data import available, load_signal, to_counts
from stator.dsp import Bearing, FeaturesConfig, Quantizer, emit_config, features, fixed, octaves, q15
from stator.dsp.config import mel_edges
from stator.dsp.front_end import envelope, spectrum
from stator.dsp.sources import definitions
from stator.errors import ConfigError
from stator.paths import FIRMWARE, ROOT
from stator.spec import load_model_spec

FRAME = 1024
FLAGS = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion", "-fsanitize=address,undefined",
         "-fno-sanitize-recover=all"]  # fmt: skip
OTHER = FeaturesConfig(
    shaft_hz=16.7,
    speed_tolerance=0.05,
    bearing=Bearing(outer=3.0, inner=4.92, ball=3.75),
    harmonics=4,
    spectrum_hz=(12, 4500),
    spectrum_bands=64,
    envelope_hz=(12, 1500, 3000),
)


def build(folder: Path, config: FeaturesConfig, quantizer: Quantizer) -> Path:
    for name, text in emit_config(config, quantizer).items():
        (folder / name).write_text(text)
    sources = [*sorted(FIRMWARE.glob("dsp/*.c")), ROOT / "tests/firmware/features_host.c", folder / "features_config.c"]
    out = folder / "features_host"
    subprocess.run(
        ["gcc", *FLAGS, *(f"-D{word}" for word in definitions(config)), f"-I{FIRMWARE}", f"-I{FIRMWARE / 'include'}", *sources, "-o", out],
        check=True,
    )
    return out


def call(program: Path, what: str, data: npt.NDArray[np.generic]) -> bytes:
    done = subprocess.run([program, what], input=data.tobytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def bearing() -> FeaturesConfig:
    config = load_model_spec("bearing").features
    assert config is not None
    return config


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, bearing: FeaturesConfig) -> Path:
    return build(tmp_path_factory.mktemp("features"), bearing, Quantizer(4096, 0))


def extreme_frames() -> npt.NDArray[np.int16]:
    n = np.arange(FRAME)
    square = np.where(n // 8 % 2, 2047, -2048)
    rows = [
        np.zeros(FRAME), np.full(FRAME, -2048), np.full(FRAME, 2047), np.full(FRAME, -32768), np.full(FRAME, 32767),
        square, np.where(n % 2, 32767, -32768), np.where(n < 512, 32767, -32768), np.where(n == 0, 1, 0), np.where(n == 1023, -32768, 0),
        np.where(n == 512, 32767, -32768), np.where(n == 511, -1, 0), 2047 * np.sin(2 * np.pi * n / 8), 2047 * np.cos(2 * np.pi * n / 1024),
        32767 * np.sin(2 * np.pi * n * 300.5 / 1024), n % 2, (n % 128 == 5) * 2047, n - 512, np.sign(np.sin(n * n / 300)) * 2048,
    ]  # fmt: skip
    frames: npt.NDArray[np.int16] = np.clip(np.rint(np.stack(rows)), -32768, 32767).astype(np.int16)
    return frames


def random_frames(count: int) -> npt.NDArray[np.int16]:
    rng = np.random.default_rng(7)
    level = np.exp(rng.uniform(0, np.log(12000), (count, 1)))
    sparse = rng.random((count, FRAME)) < rng.uniform(0.001, 1.5, (count, 1))
    values = rng.standard_normal((count, FRAME)) * level * sparse + rng.uniform(-2000, 2000, (count, 1))
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16)


def test_c_equals_twin_on_extreme_and_random_frames(program: Path, bearing: FeaturesConfig) -> None:
    frames = np.concatenate([extreme_frames(), random_frames(400)])
    columns = np.frombuffer(call(program, "features", frames), np.int8).reshape(len(frames), -1)
    assert np.array_equal(columns, features(frames, bearing, Quantizer(4096, 0)))
    assert len(np.unique(columns)) > 100  # the frames reach all over the range


def test_c_equals_twin_for_another_bearing_and_quantizer(tmp_path: Path) -> None:
    quantizer = Quantizer.of(0.0873, -31)
    frames = np.concatenate([extreme_frames(), random_frames(150)])
    columns = np.frombuffer(call(build(tmp_path, OTHER, quantizer), "features", frames), np.int8)
    assert np.array_equal(columns.reshape(len(frames), OTHER.columns), features(frames, OTHER, quantizer))


@pytest.fixture(scope="module")
def q15_program(tmp_path_factory: pytest.TempPathFactory, bearing: FeaturesConfig) -> Path:
    return build(tmp_path_factory.mktemp("q15"), bearing.model_copy(update={"fft": "q15"}), Quantizer(4096, 0))


def test_c_equals_twin_with_the_fft_in_q15(q15_program: Path, bearing: FeaturesConfig) -> None:
    config = FeaturesConfig.parse({**bearing.model_dump(), "fft": "q15"})
    frames = np.concatenate([extreme_frames(), random_frames(150)])
    columns = np.frombuffer(call(q15_program, "features", frames), np.int8).reshape(len(frames), -1)
    assert np.array_equal(columns, features(frames, config, Quantizer(4096, 0)))
    assert not np.array_equal(columns, features(frames, bearing, Quantizer(4096, 0)))  # it is another FFT


def test_c_equals_twin_with_bands_on_the_mel_scale(tmp_path: Path) -> None:
    config, quantizer = OTHER.model_copy(update={"spectrum_scale": "mel", "spectrum_bands": 20}), Quantizer(4096, 0)
    frames = np.concatenate([extreme_frames(), random_frames(150)])
    columns = np.frombuffer(call(build(tmp_path, config, quantizer), "features", frames), np.int8).reshape(len(frames), -1)
    assert np.array_equal(columns, features(frames, config, quantizer))
    linear = features(frames, config.model_copy(update={"spectrum_scale": "linear"}), quantizer)
    assert not np.array_equal(columns[:, :20], linear[:, :20]) and np.array_equal(columns[:, 20:], linear[:, 20:])


def test_mel_bands_are_within_a_hundredth_of_an_octave() -> None:
    """Against float64, weights of the triangles included."""
    rng = np.random.default_rng(23)
    edges = mel_edges(94, 4000, 24)
    parts = np.rint(rng.standard_normal((50, edges[-1], 2)) * np.exp(rng.uniform(3, 16, (50, 1, 1)))).astype(np.int64)
    power = (parts**2).sum(axis=-1)
    at = np.arange(edges[-1])
    weights = np.array([np.interp(at, edges[b : b + 3], [0, 1, 0]) for b in range(24)])
    assert np.all(weights.max(axis=1) == 1) and weights.sum(axis=0)[edges[1] : edges[-2]] == pytest.approx(1)
    got = fixed.mel_bands(power.astype(np.uint64), edges)
    exact = 256 * np.log2(power @ weights.T / 16)
    assert got.shape == exact.shape and exact.max() > 256 * 40
    assert np.abs(got - exact)[exact > 256 * 16].max() < 2.56


def test_an_envelope_is_within_three_percent() -> None:
    """Against the magnitude of the analytic signal in float64, whose bins are those of the band."""
    rng = np.random.default_rng(5)
    bins = rng.integers(-(2**25), 2**25, (20, 128, 2)) >> rng.integers(0, 20, (20, 1, 1))
    got = envelope(bins[..., 0], bins[..., 1])
    exact = np.abs(np.fft.fft(bins[..., 0] + 1j * bins[..., 1]))
    ratio = got / got.max(axis=1, keepdims=True) * exact.max(axis=1, keepdims=True) / exact
    strong = exact > exact.max(axis=1, keepdims=True) / 100
    assert ratio[strong].min() > 0.96 and ratio[strong].max() < 1.04
    time = np.arange(FRAME)
    swing = 1 + 0.5 * np.cos(2 * np.pi * 6 * time / FRAME)  # of a carrier in the middle of the band
    real, imag = spectrum(np.rint(1500 * swing * np.cos(2 * np.pi * 192.5 * time / FRAME)).astype(np.int64)[None])
    size = envelope(real[:, 128:256], imag[:, 128:256])[0, ::-1].astype(float)
    known = np.roll((swing * (1 - np.cos(2 * np.pi * time / FRAME)) / 2)[::8], -1)
    assert np.corrcoef(size, known)[0, 1] > 0.999


@pytest.mark.data
def test_c_equals_twin_on_recordings(program: Path, bearing: FeaturesConfig) -> None:
    if not available("cwru"):
        pytest.skip("no CWRU recordings: STATOR_DATA does not hold cwru.tar.xz")
    for name in ("cwru:100", "cwru:234"):
        frames = to_counts(load_signal(name), 256).frames
        columns = np.frombuffer(call(program, "features", frames), np.int8)
        assert np.array_equal(columns.reshape(len(frames), -1), features(frames, bearing, Quantizer(4096, 0)))


def test_c_fft_equals_twin_fft(program: Path) -> None:
    rng = np.random.default_rng(3)
    top = 2**30
    samples = np.concatenate([rng.integers(-top, top + 1, (20, FRAME)), np.full((1, FRAME), top), np.full((1, FRAME), -top)])
    samples = np.concatenate([samples, rng.choice([-top, top], (20, FRAME)), rng.integers(-3, 4, (20, FRAME))])
    bins = np.frombuffer(call(program, "fft", samples.astype(np.int32)), np.int32).reshape(len(samples), FRAME // 2, 2)
    real, imag = fixed.real_fft(samples.astype(np.int64))
    assert np.array_equal(bins[..., 0], real)
    assert np.array_equal(bins[..., 1], imag)


def sums_of_sines() -> npt.NDArray[np.int16]:
    """Samples whose first sums are as large as they can be: all of a butterfly's terms point the same way."""
    n = np.arange(FRAME // 2)
    rows = []
    for k in (0, 1, 37, 64, 128, 200, 511):
        for turn in (0, 1):
            z = np.exp(2j * np.pi * (k * n / 512 + turn / 8))
            rows.append(np.where(np.stack([z.real, z.imag], axis=-1).reshape(-1) >= 0, 32767, -32768))
    frames: npt.NDArray[np.int16] = np.stack(rows).astype(np.int16)
    return frames


def test_c_rfft_in_q15_equals_its_twin(q15_program: Path) -> None:
    rng = np.random.default_rng(4)
    square = rng.choice(np.array([-32768, 32767], np.int16), (40, FRAME))
    samples = np.concatenate([extreme_frames(), random_frames(40), square, sums_of_sines()])
    bins = np.frombuffer(call(q15_program, "rfft_q15", samples), np.int32).reshape(len(samples), FRAME // 2, 2)
    wide = samples.astype(np.int64)
    real, imag = q15.rfft(wide, np.abs(wide).max(axis=-1, keepdims=True))
    assert np.array_equal(bins[..., 0], real)
    assert np.array_equal(bins[..., 1], imag)


def test_rfft_in_q15_is_near_to_the_exact_one() -> None:
    """A sine at -20 dBFS, whatever its frequency, is 60 dB above the error; silence gives a few units in the last of 15 places."""
    at = np.array([10, 1024 / 12, 100.3, 200.5, 333.3, 401.7])[:, None]
    samples = np.rint(0.1 * 2**15 * np.sin(2 * np.pi * at * np.arange(FRAME) / FRAME)).astype(np.int64)
    peak = np.abs(samples).max(axis=-1, keepdims=True)
    real, imag = q15.rfft(samples, peak)
    exact = np.fft.rfft(samples * (q15.gain(peak, 16) / 256.0))[:, : FRAME // 2]
    error = real + 1j * imag - exact
    assert (10 * np.log10((np.abs(exact) ** 2).sum(axis=-1) / (np.abs(error) ** 2).sum(axis=-1))).min() > 60
    silent = q15.rfft(np.zeros((1, FRAME), np.int64), np.zeros((1, 1), np.int64))
    assert max(np.abs(part).max() for part in silent) <= 16 * 2**14


def test_real_fft_of_a_faint_sine_is_far_above_its_error(program: Path) -> None:
    """A sine at -20 dBFS against float64: 60 dB are asked for, and 31 bits give twice that."""
    samples = np.rint(0.1 * 2**30 * np.sin(2 * np.pi * 100.3 * np.arange(FRAME) / FRAME)).astype(np.int32)
    bins = np.frombuffer(call(program, "fft", samples), np.int32).reshape(FRAME // 2, 2)
    exact = np.fft.rfft(samples.astype(np.float64))[: FRAME // 2] / FRAME
    error = bins[:, 0] + 1j * bins[:, 1] - exact
    assert 10 * np.log10((np.abs(exact) ** 2).sum() / (np.abs(error) ** 2).sum()) > 115


def test_c_refuses_null_and_misaligned_pointers(program: Path) -> None:
    call(program, "refuse", np.zeros(0, np.int8))


@pytest.mark.parametrize("size", [4, 8, 64, 128, 512, 1024])
def test_fft_error_is_within_sixteen_units(size: int) -> None:
    """Sixteen units in the last of 31 places, 2 ** -27 of full scale, whatever the signal; the error does not grow with the signal."""
    rng = np.random.default_rng(size)
    for level in (2**29, 1000, 3):
        z = rng.integers(-level, level + 1, (2, 8, size))
        real, imag = fixed.fft(z[0], z[1])
        exact = np.fft.fft(z[0] + 1j * z[1]) / size
        assert np.abs(real + 1j * imag - exact).max() < 16


def test_spectrum_of_a_tone_is_right() -> None:
    tone = np.rint(1000 * np.sin(2 * np.pi * 100 * np.arange(FRAME) / FRAME)).astype(np.int64)[None]
    real, imag = spectrum(tone + 77)
    size = np.hypot(real[0], imag[0])
    assert size.argmax() == 100
    assert size[100] == pytest.approx(1000 * 2**21 * 0.5 / 2 / 2, rel=1e-4)  # room of 21 bits, half for the window's mean, halves
    assert size[:90].max() < size[100] * 2e-4  # the rounding of the tone itself


def test_offset_and_level_do_not_matter(bearing: FeaturesConfig) -> None:
    frames = random_frames(40)[:, :].astype(np.int64)
    frames = np.clip(frames, -1000, 1000)
    plain = octaves(frames.astype(np.int16), bearing)
    assert np.array_equal(octaves((frames + 800).astype(np.int16), bearing), plain)
    louder = octaves((frames * 16).astype(np.int16), bearing)
    assert np.median(np.abs(louder - plain)) <= 1


@given(st.integers(1, 2**64 - 1))
def test_log2_is_within_a_hundredth_of_an_octave(power: int) -> None:
    got = int(fixed.log2_q8(np.array([power], dtype=np.uint64))[0])
    assert abs(got - 256 * np.log2(float(power))) < 2.56


@given(st.integers(1, 2**30 - 1))
def test_root_is_within_a_percent(value: int) -> None:
    got = int(fixed.root_q30(np.array([value]))[0])
    assert abs(got / 2**15 - value**0.5) <= 0.0052 * value**0.5 + 1


@given(st.integers(-(2**30), 2**30), st.integers(-(2**30), 2**30))
def test_magnitude_is_within_three_percent(re: int, im: int) -> None:
    got = int(fixed.magnitude(np.array([re]), np.array([im]))[0])
    assert 0.969 * abs(complex(re, im)) - 2 <= got <= 1.0085 * abs(complex(re, im)) + 2


def test_sine_table_is_symmetric_and_far_from_ties() -> None:
    """Neither the mirrored bins nor another machine's sine may disagree in a bit."""
    exact = np.sin(2 * np.pi * np.arange(fixed.SINE_STEPS) / fixed.SINE_STEPS) * 2.0**31
    inner = np.abs(exact) < 2.0**31 - 1
    assert np.abs(np.abs(exact[inner] - np.floor(exact[inner])) - 0.5).min() > 1e-5
    half = fixed.SINE_STEPS // 2
    k = np.arange(half)
    assert np.array_equal(fixed.cosine(half - k), -fixed.cosine(k))
    assert np.array_equal(fixed.cosine(-k), fixed.cosine(k))


def impacts(rate_hz: float, rng: np.random.Generator) -> npt.NDArray[np.int16]:
    """A 3 kHz resonance struck `rate_hz` times a second, in a little noise."""
    time = np.arange(8 * FRAME) / 12000
    since = time % (1 / rate_hz)
    signal = 900 * np.exp(-600 * since) * np.sin(2 * np.pi * 3000 * since) + rng.normal(0, 8, len(time))
    return np.rint(signal).astype(np.int16).reshape(8, FRAME)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.985, 1.015))
def test_lines_tell_the_races_apart(speed: float) -> None:
    spec = load_model_spec("bearing")
    config = spec.features
    assert config is not None
    rng = np.random.default_rng(5)
    for race, order in (("outer", config.bearing.outer), ("inner", config.bearing.inner)):
        mean = octaves(impacts(order * config.shaft_hz * speed, rng), config).mean(axis=0) / 256
        lines = dict(zip(config.names, mean, strict=True))
        ours, others = f"{race} x1 at 2500 Hz", f"{'inner' if race == 'outer' else 'outer'} x1 at 2500 Hz"
        assert lines[ours] > 3
        assert lines[others] < 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"spectrum_hz": (94, 5900)}, "4,500 Hz"),
        ({"envelope_hz": (3100,)}, "4,500 Hz"),
        ({"spectrum_hz": (100, 200), "spectrum_bands": 16}, "too narrow"),
        ({"spectrum_hz": (100, 600), "spectrum_bands": 40, "spectrum_scale": "mel"}, "too narrow"),
        ({"spectrum_scale": "bark"}, "linear"),
        ({"harmonics": 9}, "harmonics"),
        ({"shaft_hz": float("nan")}, "shaft_hz"),
        ({"rpm": 1750}, "rpm"),
        ({"bearing": {"outer": 3.5}}, "inner"),
    ],
)
def test_bad_features_are_refused_by_name(bearing: FeaturesConfig, change: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        FeaturesConfig.parse({**bearing.model_dump(), **change})


def test_input_scale_that_is_no_feature_scale_is_refused() -> None:
    for scale, zero_point in ((1e-6, 0), (1000.0, 0), (0.05, 200), (float("nan"), 0)):
        with pytest.raises(ConfigError, match="scale"):
            Quantizer.of(scale, zero_point)


def test_emitted_tables_have_the_same_bytes_each_time(bearing: FeaturesConfig) -> None:
    first, second = (emit_config(bearing, Quantizer(4096, 0)) for _ in range(2))
    assert first == second
    assert list(first) == ["features_config.c"]
