"""What a model may ask of the sensor: block and rate. The C against its twin, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from stator.board import load_board
from stator.data import load_halves
from stator.dsp import FeaturesConfig, Quantizer, features
from stator.errors import ConfigError, SignalError
from stator.memory.sampling import sampling
from stator.spec import ModelSpec, load_model_spec
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


def spec_of(folder: Path, **sections: dict[str, object]) -> ModelSpec:
    return load_model_spec(variant(folder, **sections))


def front_end(spec: ModelSpec) -> FeaturesConfig:
    assert spec.features is not None
    return spec.features


@pytest.mark.parametrize("block", [256, 512, 2048, 4096])
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
        ({"input": {"block": 512}, "features": {"fft": "q15"}}, "fft: q15 takes frames of 1,024 samples, and input: block is 512"),
        ({"features": {"block": 512}}, "features: block: for `input` to say"),
        ({"input": {"sample_hz": 8000}}, "nothing above 3,000 Hz may be used"),
        ({"input": {"block": 256, "sample_hz": 50_000}, "features": {"spectrum_bands": 32}}, "a band needs 195 Hz"),
    ],
)
def test_what_no_front_end_can_do_is_refused(sections: dict[str, dict[str, object]], says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        spec_of(tmp_path / "other", **sections)
    assert says in str(refused.value) + "".join(refused.value.details)


def test_what_the_board_cannot_do_is_refused() -> None:
    board = load_board("gd32vf103")
    limited = board.model_copy(update={"sensor": board.sensor.model_copy(update={"max_hz": 198_000, "half_most": 4096})})
    for hz, samples, says in (
        (200_000, 4096, "converts 198,000 times a second at most, and the model asks for 200,000"),
        (108_000, 8192, "a half has 4,096 samples at most, and the model asks for 8,192"),
        (8_000, 4096, "a half of 4,096 samples at 8,000 Hz takes 512 ms, and 350 ms are the most"),
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
