"""The model that takes samples, in the whole firmware on a board whose DMA writes the halves: exact, nothing lost."""

from __future__ import annotations

import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS, build
from stator.data import load_signal, to_counts
from stator.frontends import load
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.sim.run import replay
from stator.spec import load_model_spec
from tests.python.needs import needs

pytestmark = [pytest.mark.sim, pytest.mark.slow]

FRAMES = 56  # past the second known answer, which comes every 48 frames


def test_every_frame_equals_the_interpreter() -> None:
    board, spec = load_board("mps2_an505"), load_model_spec("bearing_raw")
    assert board.simulator is not None and spec.input is not None
    needs(board.simulator.binary, TOOLCHAINS[board.isa][0])
    image = build(board, spec)
    halves = to_counts(load_signal("synthetic"), spec.input.counts_per_g).frames[:20]
    records = replay(board, image.elf, halves, FRAMES).telemetry.records[:FRAMES]
    assert image.plan.sampling is not None
    stream = check_stream(records, halves, image.plan.sampling.half_ticks)
    assert (stream.frames, stream.lost, stream.duplicated, stream.wrong_times) == (FRAMES, 0, 0, 0)
    expected = list(oracle(spec, load(spec.path), halves).replay(r.sequence for r in records))
    assert compare(records, expected).problems == ()
    assert all(r.health.well for r in records)
