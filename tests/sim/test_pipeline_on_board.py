"""The pipeline under load on a simulated board: two channels, decimated, in halves that the DMA moves in a chain of transfers."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.board import load_board
from stator.build import Image, build
from stator.data import load_halves
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.sim.run import replay
from stator.spec import load_model_spec
from stator.verbs.run import as_converted
from tests.python.needs import needs
from tests.python.pipeline_variants import variant

pytestmark = [pytest.mark.sim, pytest.mark.slow]


TWO = {"spectrum_bands": 13, "envelope_hz": [1312.5], "spectrum_hz": [94, 3700]}  # so many features that two channels make the model's 46


def whole_and_exact(board: str, folder: Path, frames: int, **asked: object) -> Image:
    """Runs the bearing model behind this input. Nothing may be lost, and no byte may differ."""
    spec = load_model_spec(variant(folder, input=asked, features=TWO))
    assert spec.input is not None
    image = build(load_board(board), spec)
    halves = as_converted(image.board, load_halves("synthetic", spec.input))
    assert image.plan.sampling is not None
    records = replay(image.board, image.elf, halves, frames).telemetry.records[:frames]
    stream = check_stream(records, halves, image.plan.sampling.half_ticks)
    assert (stream.frames, stream.lost, stream.duplicated, stream.wrong_times) == (frames, 0, 0, 0)
    checker = oracle(spec, load(spec.path), halves)
    assert compare(records, list(checker.replay(r.sequence for r in records))).exact
    assert all(r.overruns == 0 for r in records)
    return image


def test_halves_moved_in_a_chain_of_transfers_are_whole_and_exact(tmp_path: Path) -> None:
    needs("qemu-system-arm", "arm-none-eabi-gcc")
    image = whole_and_exact("mps2_an505", tmp_path / "chained", 30, channels=2, decimation=2, block=2048)
    assert image.plan.item("stator_half0").need.bytes == 2 * 8192  # the PL081 counts to 4,095
    assert image.plan.sampling is not None
    assert image.plan.sampling.target_hz == 24_000


@pytest.mark.parametrize("board", ["gd32vf103", "nrf5340"])
def test_the_converters_of_the_chips_scan(board: str, tmp_path: Path) -> None:
    needs("renode")
    whole_and_exact(board, tmp_path / "scanned", 8, channels=2, decimation=2, block=512, sample_hz=10_000)
