"""Telemetry through RTT: a debugger reads the memory of a running image, and stops reading for a while. On two simulators."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from stator.board import Board, load_board
from stator.build import build
from stator.data import load_halves
from stator.monitor import Watch, simulated
from stator.paths import BOARDS
from stator.sim import qemu, scenarios
from stator.sim.machines import machine
from stator.spec import load_model_spec
from stator.telemetry import decode

pytestmark = [pytest.mark.sim, pytest.mark.slow]

RENODE = pytest.mark.skipif(not scenarios.renode_found(), reason="renode-test not found")
DEAF_S = {"mps2_an505": 1.5, "nrf5340": 4.0}  # of the wall clock, of virtual time: longer than the ring lasts


def through_rtt(name: str, folder: Path) -> Board:
    """A board of the tree with one line more."""
    shutil.copytree(BOARDS / name, folder / f"{name}_rtt")
    for script in folder.glob(f"{name}_rtt/sim/{name}.resc"):
        script.rename(script.with_stem(f"{name}_rtt"))
    with (folder / f"{name}_rtt" / "board.yml").open("a", encoding="utf-8") as file:
        file.write("telemetry: rtt\n")
    return load_board(folder / f"{name}_rtt")


@pytest.mark.parametrize("name", ["mps2_an505", pytest.param("nrf5340", marks=RENODE)])
def test_a_host_that_stops_reading_loses_whole_frames_and_blocks_nothing(name: str, tmp_path: Path) -> None:
    board, spec = through_rtt(name, tmp_path), load_model_spec("bearing")
    assert spec.input is not None and board.simulator is not None
    loaded = qemu.signal_image(load_halves("synthetic:healthy", spec.input))
    held = machine(board, build(board, spec).elf, loaded if board.simulator.kind == "qemu" else loaded[qemu.SIGNAL_HEADER_BYTES :])
    try:
        assert held.run(lambda data: len(decode(data, cut=True).records) >= 8, 10)
        before = decode(held.heard(), cut=True)
        assert before.banner is not None and [r.sequence for r in before.records] == list(range(len(before.records)))
        held.pass_time(DEAF_S[name])
        assert held.run(lambda data: decode(data, cut=True).dropped > 0, 10)
        at = len(decode(held.heard(), cut=True).records)
        assert held.run(lambda data: len(decode(data, cut=True).records) >= at + 8, 1000)  # the records jump over the gap
        said = decode(held.heard(), cut=True)
    finally:
        held.close()
    steps = [b.sequence - a.sequence for a, b in pairwise(said.records)]
    assert said.garbage == 0 and said.failure is None and said.crashes == ()
    assert sum(step > 1 for step in steps) == 1, "one gap, behind what was in the ring"
    assert 0 < sum(steps) - len(steps) <= said.dropped, "what is lost was counted; reports of the stacks too"
    assert {reason for r in said.records for reason in r.health.reasons} <= {"starting", "clock"}, "QEMU's stops take virtual time"
    assert said.records[-1].overruns == 0, "each half had its record"


def test_the_monitor_reads_a_simulated_board_through_rtt(tmp_path: Path) -> None:
    watch = Watch()

    def hear(data: bytes) -> bool:
        watch.hear(data)
        return watch.frames >= 12

    simulated(through_rtt("mps2_an505", tmp_path), load_model_spec("bearing"), "synthetic:healthy")(hear)
    assert watch.banner is not None and watch.banner.board == "mps2_an505_rtt"
    assert (watch.lost, watch.repeated, watch.garbage, watch.dropped) == (0, 0, 0, 0)
