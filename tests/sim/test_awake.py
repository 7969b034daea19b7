"""What the core does in a second, as `run` counts it: more than the path of data alone, and not much more."""

from __future__ import annotations

import pytest

from stator.board import load_board
from stator.build import build
from stator.data import load_signal, to_counts
from stator.sim.run import replay
from stator.spec import load_model_spec
from tests.python.needs import needs

FRAMES = 16
pytestmark = [pytest.mark.sim, pytest.mark.slow]


@pytest.mark.parametrize("name", ["mps2_an505", "qemu_rv32"])
def test_the_core_sleeps_between_halves(name: str) -> None:
    board, spec = load_board(name), load_model_spec("bearing")
    assert board.simulator is not None and spec.input is not None
    needs(board.simulator.binary)
    done = replay(board, build(board, spec).elf, to_counts(load_signal("synthetic"), spec.input.counts_per_g).frames[:FRAMES], FRAMES)
    if done.awake is None:
        pytest.skip("this QEMU does not take the plugin")
    frames = done.telemetry.records[3:FRAMES]
    seconds = (FRAMES - 3) * 1024 / 12_000
    path = sum(r.decision for r in frames) * float(board.instructions_per_count or 1) / seconds
    assert path < done.awake.per_second < 1.3 * path
