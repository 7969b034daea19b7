"""What a model may ask of the sensor: block, rate, decimation, channels. The C against its twin, what is refused, and overruns."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from stator.board import load_board
from stator.data import load_halves
from stator.dsp import FeaturesConfig, Quantizer, features
from stator.dsp.lowpass import decimated, taps
from stator.errors import ConfigError, SignalError
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.memory.sampling import sampling
from stator.spec import ModelSpec, load_model_spec
from stator.telemetry import Record, decode
from tests.python.cmake_project import firmware
from tests.python.pipeline_variants import variant
from tests.python.test_dsp_twin import build, call

QUANTIZER = Quantizer(4096, 0)


def random_halves(count: int, samples: int) -> npt.NDArray[np.int16]:
    rng = np.random.default_rng(7)
    level = np.exp(rng.uniform(0, np.log(12000), (count, 1)))
    values = rng.standard_normal((count, samples)) * level + rng.uniform(-2000, 2000, (count, 1))
    halves = np.clip(np.rint(values), -32768, 32767).astype(np.int16)
    halves[0], halves[1, ::2], halves[1, 1::2] = 0, -32768, 32767
    return halves


def spec_of(folder: Path, **sections: Mapping[str, object]) -> ModelSpec:
    return load_model_spec(variant(folder, **sections))


def front_end(spec: ModelSpec) -> FeaturesConfig:
    assert spec.features is not None
    return spec.features


@pytest.mark.parametrize("block", [512, 4096])
def test_c_equals_twin_for_every_block(block: int, tmp_path: Path) -> None:
    config = front_end(spec_of(tmp_path / "other", input={"block": block}))
    halves = random_halves(60, block)
    columns = np.frombuffer(call(build(tmp_path, config, QUANTIZER), "features", halves), np.int8).reshape(len(halves), -1)
    assert np.array_equal(columns, features(halves, config, QUANTIZER))
    assert len(np.unique(columns)) > 50


def test_a_tone_is_found_in_the_same_band_whatever_block_and_rate(tmp_path: Path) -> None:
    for hz, block in ((12_000, 512), (12_000, 4096), (24_000, 2048), (50_000, 4096)):
        config = front_end(spec_of(tmp_path / f"at_{hz}_{block}", input={"block": block, "sample_hz": hz}))
        time = np.arange(block) / hz
        half = np.rint(1500 * np.sin(2 * np.pi * 1650 * time) + np.random.default_rng(1).normal(0, 3, block)).astype(np.int16)
        column = features(half[None], config, QUANTIZER)[0]
        assert int(column[:16].argmax()) == (1650 - 94) * 16 // (4000 - 94)


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        ({"input": {"block": 1000}}, "input.block: must be one of 256, 512, 1024, 2048, 4096, not 1000"),
        ({"input": {"block": 512}, "features": {"fft": "q15"}}, "fft: q15 takes frames of 1,024 samples one behind the other"),
        ({"features": {"block": 512}}, "features: block: for `input` to say"),
        ({"input": {"sample_hz": 8000}}, "nothing above 3,000 Hz may be used"),
        ({"input": {"block": 256, "sample_hz": 50_000}, "features": {"spectrum_bands": 32}}, "a band needs 195 Hz"),
    ],
)
def test_what_no_front_end_can_do_is_refused(sections: Mapping[str, Mapping[str, object]], says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        spec_of(tmp_path / "other", **sections)
    assert says in str(refused.value) + "".join(refused.value.details)


def test_what_the_board_cannot_do_is_refused() -> None:
    board = load_board("gd32vf103")
    limited = board.model_copy(update={"sensor": board.sensor.model_copy(update={"max_hz": 198_000, "half_most": 4096})})
    for hz, samples, says in (
        (200_000, 4096, "converts 198,000 times a second at most, and the model asks for 200,000"),
        (108_000, 8192, "a half has 4,096 samples at most, and the model asks for 8,192"),
        (8_000, 4096, "a half of 4,096 scans at 8,000 Hz takes 512 ms, and 350 ms are the most"),
    ):
        with pytest.raises(ConfigError, match=says):
            sampling(limited, hz, samples)
    assert sampling(limited, 50_000, 4096).half_ticks == 2160 * 4096


def test_signals_come_at_the_rate_of_the_model(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "other", input={"sample_hz": 24_000, "block": 2048})
    assert spec.input is not None
    assert load_halves("synthetic", spec.input).shape == (12 * 24_000 // 2048, 2048)
    np.save(tmp_path / "a.npy", np.full(5000, 0.5))
    assert np.array_equal(load_halves(str(tmp_path / "a.npy"), spec.input), np.full((2, 2048), 128))
    with pytest.raises(SignalError, match="2,047"):
        np.save(tmp_path / "b.npy", np.zeros(2047))
        load_halves(str(tmp_path / "b.npy"), spec.input)


TWO = {"spectrum_bands": 13, "envelope_hz": [1312.5]}  # so many features that two channels make the model's 46


@pytest.mark.parametrize("asked", [{"channels": 2}, {"channels": 2, "decimation": 3, "block": 256}], ids=["scan", "filter"])
def test_c_equals_twin_for_channels_and_decimation(asked: Mapping[str, object], tmp_path: Path) -> None:
    config = front_end(spec_of(tmp_path / "other", input=asked, features=TWO))
    halves = random_halves(20, config.half_samples)
    columns = np.frombuffer(call(build(tmp_path, config, QUANTIZER), "features", halves), np.int8).reshape(len(halves), -1)
    assert np.array_equal(columns, features(halves, config, QUANTIZER))


def test_each_channel_has_the_columns_that_it_has_alone(tmp_path: Path) -> None:
    alone = FeaturesConfig.parse(front_end(load_model_spec("bearing")).model_dump() | TWO)
    both = FeaturesConfig.parse(alone.model_dump() | {"channels": 2})
    halves = random_halves(12, 2048)
    each = [features(np.ascontiguousarray(halves[:, channel::2]), alone, QUANTIZER) for channel in (0, 1)]
    assert np.array_equal(features(halves, both, QUANTIZER), np.concatenate(each, axis=1))
    assert (len(both.names), both.names[0], both.names[-1]) == (46, "channel 0 band 0", "channel 1 impulses at 1312.5 Hz")


@pytest.mark.parametrize("factor", [2, 3, 5, 16])
def test_decimation_keeps_what_is_looked_at_and_nothing_folds_onto_it(factor: int) -> None:
    """In units of the lower rate: bins below 3/8 are looked at, and what lies above 5/8 would fold onto them."""
    assert taps(factor)[0] + 2 * taps(factor)[1:].sum() == 1 << 15  # a constant stays what it is
    assert np.abs(taps(factor)[0]) + 2 * np.abs(taps(factor)[1:]).sum() < 1 << 16  # no sum of int16 leaves 32 bits
    inner = slice(16, -16)
    for cycles, least, most in ((0.01, 0.998, 1.002), (0.37, 0.998, 1.002), (0.63, 0, 0.0009), (0.9, 0, 0.0009), (1.0, 0, 0.0009)):
        tone = np.rint(20_000 * np.sin(2 * np.pi * cycles / factor * np.arange(256 * factor) + 1)).astype(np.int16)
        wanted = 20_000 * np.sin(2 * np.pi * cycles * np.arange(256) + 1)
        kept = decimated(tone, factor)[inner].astype(float)
        level = np.sqrt((kept**2).mean() / (wanted[inner] ** 2).mean()) if cycles != 1.0 else np.abs(kept).max() / 20_000
        assert least <= level <= most, cycles


def test_what_no_board_scans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="scans 1 channels at most, and the model asks for 2"):
        sampling(load_board("ibex_proxy"), 12_000, 1024, 2)
    with pytest.raises(ConfigError, match="converts 83,333 times a second at most, and the model asks for 96,000"):
        sampling(load_board("nrf5340"), 24_000, 1024, 4)
    with pytest.raises(ConfigError, match="a half has 32,767 samples at most, and the model asks for 65,536"):
        sampling(load_board("gd32vf103"), 24_000, 16_384, 4)
    with pytest.raises(ConfigError, match="window: columns: 46, and the features make 92"):
        spec_of(tmp_path / "other", input={"channels": 2})


def test_signals_of_several_channels(tmp_path: Path) -> None:
    spec = spec_of(tmp_path / "other", input={"channels": 2, "decimation": 2}, features=TWO)
    assert spec.input is not None
    halves = load_halves("synthetic", spec.input)
    assert halves.shape == (12 * 24_000 // 2048, 4096)
    assert not np.array_equal(halves[:, ::2], halves[:, 1::2])
    np.save(tmp_path / "a.npy", np.stack([np.full(2048, 0.5), np.full(2048, -0.5)], axis=1))
    assert np.array_equal(load_halves(str(tmp_path / "a.npy"), spec.input)[0, :4], [128, -128, 128, -128])
    np.save(tmp_path / "b.npy", np.zeros(5000))
    with pytest.raises(SignalError, match=r"is of shape \(5000,\)"):
        load_halves(str(tmp_path / "b.npy"), spec.input)
    with pytest.raises(SignalError, match="cwru:108: has one channel, and the model takes 2"):
        load_halves("cwru:108", spec.input)


class Played:
    """The monitor of a model with two channels and a filter on this machine, under sanitizers, and its signal."""

    def __init__(self, folder: Path) -> None:
        asked = {"channels": 2, "block": 512, "decimation": 2, "sample_hz": 6000}  # the host's sensor has 12 kHz
        low = {"spectrum_bands": 13, "envelope_hz": [500], "spectrum_hz": [94, 2250]}
        self.spec = spec_of(folder / "other", input=asked, features=low)
        assert self.spec.input is not None
        self.program = firmware(folder / "build", "host", str(self.spec.folder))
        self.halves = load_halves("synthetic", self.spec.input)[:24]
        self.file = folder / "signal"

    def play(self, events: str, halves: npt.NDArray[np.int16]) -> tuple[Record, ...]:
        self.file.write_bytes(halves.astype("<i2").tobytes())
        done = subprocess.run([str(self.program), str(self.file), events], capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr[-4000:]
        told = decode(done.stdout)
        assert (told.garbage, told.failure) == (0, None)
        return told.records


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("played"))


def test_overruns_drop_whole_frames_are_counted_and_leave_the_rest_exact(played: Played) -> None:
    records = played.play("hr" * 30 + "hdf" + "r" + "hr" * 3 + "mm" + "hr" * 3, played.halves)
    assert [r.sequence for r in records] == [*range(30), *range(31, 35), *range(37, 40)]
    assert [r.overruns for r in records[-8:]] == [0, 1, 1, 1, 1, 3, 3, 3]
    stream = check_stream(records, played.halves, 1024)
    assert (stream.lost, stream.duplicated, stream.wrong_times) == (3, 0, 0)
    checker = oracle(played.spec, load(played.spec.path), played.halves)
    assert compare(records, list(checker.replay(r.sequence for r in records))).exact


def test_a_channel_that_is_stuck_is_seen_beside_one_that_is_not(played: Played) -> None:
    halves = played.halves.copy()
    halves[:, 1::2] = 77
    assert "sensor stuck" in played.play("hr" * 8, halves)[-1].health.reasons
    assert "sensor stuck" not in played.play("hr" * 8, played.halves)[-1].health.reasons
