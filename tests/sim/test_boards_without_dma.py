"""The monitor on the boards whose timer interrupt copies the block, with FPU and Helium or without: short runs, exact and in time."""

from __future__ import annotations

import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS
from stator.verbs.run import run
from tests.python.needs import needs

pytestmark = [pytest.mark.sim, pytest.mark.slow]

FRAMES = 12


@pytest.mark.parametrize("name", ["mps2_an385", "mps2_an386", "mps2_an500", "mps3_an547"])
def test_a_short_run_is_exact_and_in_time(name: str) -> None:
    board = load_board(name)
    assert board.simulator is not None
    needs(board.simulator.binary, TOOLCHAINS[board.isa][0])
    result = run(board=name, signal="synthetic", frames=FRAMES)
    assert isinstance(result, dict)
    assert (result["verdict"], result["reasons"]) == ("pass", [])
    assert result["exact"] is True
    assert (result["frames"], result["frames_lost"], result["frames_duplicated"], result["overruns"]) == (FRAMES, 0, 0, 0)
    assert "copies the block" in str(result["note"])
