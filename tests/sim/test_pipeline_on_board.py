"""The pipeline under load on a simulated board: two channels, decimated, in halves that the DMA moves in a chain of transfers."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.board import load_board
from stator.build import build
from stator.data import load_halves
from stator.emit import facts
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.sim.run import replay
from stator.spec import load_model_spec
from tests.python.needs import needs
from tests.python.pipeline_variants import variant

pytestmark = [pytest.mark.sim, pytest.mark.slow]


def test_chained_halves_of_two_channels_are_exact_and_whole(tmp_path: Path) -> None:
    needs("qemu-system-arm", "arm-none-eabi-gcc")
    asked = {"channels": 2, "decimation": 2, "block": 2048}
    spec = load_model_spec(variant(tmp_path / "two_channels", input=asked, features={"spectrum_bands": 13, "envelope_hz": [1312.5]}))
    assert spec.input is not None
    image = build(load_board("mps2_an505"), spec)
    halves = load_halves("synthetic", spec.input)
    assert halves.shape[1] == 8192  # the PL081 counts to 4,095
    assert image.plan.sampling is not None
    assert facts(image.plan)["sampling"]["target_hz"] == 24_000  # type: ignore[index]
    records = replay(image.board, image.elf, halves, 30).telemetry.records[:30]
    stream = check_stream(records, halves, image.plan.sampling.half_ticks)
    assert (stream.frames, stream.lost, stream.duplicated, stream.wrong_times) == (30, 0, 0, 0)
    checker = oracle(spec, load(spec.path), halves)
    assert compare(records, list(checker.replay(r.sequence for r in records))).exact
    assert all(r.overruns == 0 and r.health.well for r in records[10:])
