"""The front end's routines by themselves: every set gives the same bytes, near to float64, and a core's own set is the faster."""

from __future__ import annotations

import numpy as np
import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS
from stator.measure.dsp import routines, snr
from stator.sim.dsp import NOTHING, ROUTINES, order
from stator.verbs.bench import bench
from tests.python.needs import needs


def test_a_fixed_error_is_so_many_decibels() -> None:
    exact = np.full(100, 1000.0)
    assert snr(exact, np.full(100, 999, np.int32)) == 60.0
    assert snr(exact, np.full(100, 1000, np.int32)) > 300


def test_calls_lie_in_memory_as_the_image_reads_them() -> None:
    calls = [NOTHING, *(routine.call for routine in routines())]
    data = order(calls)
    assert {call.routine for call in calls} == set(ROUTINES)
    assert all(len(call.given) % 8 == 0 for call in calls)
    assert len(data) == 8 + 24 * len(calls) + sum(len(call.given) for call in calls)
    assert [r.exact.size * 4 for r in routines()] == [r.call.out_bytes for r in routines()]


@pytest.mark.sim
@pytest.mark.slow
def test_the_fft_of_every_set_is_exact_enough() -> None:
    board = load_board("mps2_an505")
    needs(board.simulator.binary if board.simulator else "", TOOLCHAINS[board.isa][0])
    results = bench(board=board.name, kernels="real_fft")
    assert isinstance(results, list)
    assert [r["kernel"] for r in results] == ["stator_real_fft__v7em", "stator_real_fft__c"]
    assert all(float(str(r["snr_db"])) >= 60 for r in results)  # of a sine at -20 dBFS
    own, portable = (int(str(r["instructions"])) for r in results)
    assert own < portable
