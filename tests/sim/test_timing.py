"""Real time on the simulated boards: under stress, without an RTOS, and with priorities that are wrong on purpose."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS, build
from stator.measure import read_elf
from stator.measure.replay import Stage
from stator.paths import ROOT
from stator.sim import scenarios
from stator.spec import load_model_spec
from stator.timing.observed import bounds
from stator.verbs.run import run
from stator.verbs.timing import timing
from tests.python.needs import needs

pytestmark = [pytest.mark.sim, pytest.mark.slow]

FRAMES = 30


def needs_board(name: str) -> None:
    board = load_board(name)
    assert board.simulator is not None
    needs(board.simulator.binary, TOOLCHAINS[board.isa][0])


def whole(done: object) -> dict[str, object]:
    """A run in which nothing is wrong."""
    assert isinstance(done, dict)
    assert done["reasons"] == []
    assert (done["frames"], done["frames_lost"], done["frames_duplicated"], done["overruns"], done["exact"]) == (FRAMES, 0, 0, 0, True)
    return done


@pytest.mark.parametrize("name", ["mps2_an386", "mps2_an505", "mps3_an547", "qemu_rv32"])
def test_without_an_rtos_every_frame_is_exact(name: str) -> None:
    needs_board(name)
    done = whole(run(board=name, signal="synthetic", frames=FRAMES, rtos="baremetal"))
    assert done["rtos"] == "baremetal"
    assert [task["name"] for task in done["tasks"]] == ["main"]  # type: ignore[attr-defined]


@pytest.mark.skipif(not scenarios.renode_found(), reason="renode-test not found")
def test_a_chip_on_renode_needs_no_rtos_either() -> None:
    done = whole(run(board="gd32vf103", signal="synthetic", frames=FRAMES, rtos="baremetal"))
    assert [task["name"] for task in done["tasks"]] == ["main"]  # type: ignore[attr-defined]


def test_stress_loses_nothing_and_stays_within_the_bounds() -> None:
    needs_board("mps2_an505")
    done = whole(run(board="mps2_an505", signal="synthetic", frames=FRAMES, stress=True))
    assert done["stack_used_bytes"] is not None  # otherwise the first report comes after 64 frames: the flood is made of them
    assert done["icount_shift"] == 3
    assert float(str(done["jitter_us"])) <= 10
    assert int(str(done["handover_instructions"])) <= int(str(done["handover_bound_instructions"]))
    assert int(str(done["instructions"])) <= int(str(done["instructions_bound"]))


def test_a_frame_that_took_longer_than_its_bound_fails_the_run() -> None:
    needs_board("mps2_an505")
    board = load_board("mps2_an505")
    image = build(board, load_model_spec("bearing"))
    elf = read_elf(image.elf)

    def parts(handover: int) -> list[Stage]:
        counts = {"interrupt to task": handover, "features": 150_000, "inference": 60_000, "hand-on and decision": 700, "whole": 211_000}
        return [Stage(name, n, n, n) for name, n in counts.items()]

    right = bounds(image, elf, board, parts(300))
    assert right is not None
    assert right.problems == ()
    assert right.handover is not None
    wrong = bounds(image, elf, board, parts(right.handover + 10))
    assert wrong is not None
    assert [p.partition(":")[0] for p in wrong.problems] == ["interrupt to task"]


def test_wrong_priorities_jitter_as_the_analysis_says(tmp_path: Path) -> None:
    """Telemetry more urgent than the feature task: in a copy of the tree, since the tree's own build refuses it."""
    needs_board("mps2_an505")
    asked = "tasks.feature.priority=1,tasks.telemetry.priority=3"
    told = timing(board="mps2_an505", set=asked)
    assert isinstance(told, dict)
    assert told["verdict"] == "fail"
    assert "tasks: feature (1) is not more urgent than inference (2), which would hold it up" in told["reasons"]  # type: ignore[operator]
    right = timing(board="mps2_an505")
    assert isinstance(right, dict)
    assert right["verdict"] == "pass"

    for part in ("boards", "cmake", "firmware", "models", "third_party", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CMakeLists.txt", tmp_path)
    tasks = tmp_path / "firmware" / "app" / "tasks.yml"
    text = tasks.read_text(encoding="utf-8")
    for task, is_, will in (("feature", 3, 1), ("telemetry", 1, 3)):
        assert f"{task}: {{priority: {is_}," in text
        text = text.replace(f"{task}: {{priority: {is_},", f"{task}: {{priority: {will},")
    tasks.write_text(text, encoding="utf-8")

    def stator(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path / "tools")}
        return subprocess.run(
            [sys.executable, "-m", "stator", *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    refused = stator("build", "--board", "mps2_an505")
    assert refused.returncode == 2
    assert "these priorities cannot work" in refused.stderr

    ran = stator(
        "run", "--board", "mps2_an505", "--signal", "synthetic", "--frames", "60", "--stress", "--json", str(tmp_path / "run.json")
    )
    assert ran.returncode == 1, ran.stderr
    done = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert any("is not more urgent" in reason for reason in done["reasons"])
    assert not any("it is wrong" in reason for reason in done["reasons"])  # late, and the analysis had said how late
    assert done["jitter_us"] > float(str(right["jitter_bound_us"]))  # more than the right priorities can ever give
    assert done["handover_instructions"] <= done["handover_bound_instructions"]
