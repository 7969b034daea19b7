"""The monitor's image on both simulated boards: equal to the host bit for bit, and nothing wrong can pass."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from stator.board import load_board
from stator.build import TOOLCHAINS, Image, build
from stator.data import available, load_signal, to_counts
from stator.data.archives import unpacked
from stator.data.recordings import cwru_files
from stator.frontends import load
from stator.measure import plan_check, read_elf
from stator.measure.oracle import oracle
from stator.measure.replay import check_stream, compare
from stator.sim.qemu import Halves
from stator.sim.run import FirmwareFailed, replay
from stator.spec import load_model_spec
from stator.telemetry import Record
from stator.verbs.run import run
from tests.python.needs import needs

BOARDS = ("mps2_an505", "qemu_rv32")

campaign = pytest.mark.skipif("STATOR_CAMPAIGN" not in os.environ, reason="a campaign: set STATOR_CAMPAIGN=1")
pytestmark = [pytest.mark.sim, pytest.mark.slow]


@dataclass(frozen=True)
class Setup:
    image: Image
    halves: Halves

    @property
    def frames(self) -> int:
        """Enough for a full window and some more."""
        assert self.image.spec.window is not None
        return self.image.spec.window.frames + 6

    def records(self, elf: Path | None = None, halves: Halves | None = None, frames: int = 0) -> tuple[Record, ...]:
        frames = frames or self.frames
        done = replay(self.image.board, elf or self.image.elf, self.halves if halves is None else halves, frames)
        assert done.telemetry.garbage == 0
        return done.telemetry.records[:frames]

    def problems(self, records: tuple[Record, ...]) -> tuple[str, ...]:
        expected = list(oracle(self.image.spec, load(self.image.spec.path), self.halves).replay(r.sequence for r in records))
        return compare(records, expected).problems


@pytest.fixture(scope="module", params=BOARDS)
def setup(request: pytest.FixtureRequest) -> Setup:
    board, spec = load_board(request.param), load_model_spec("bearing")
    assert board.simulator is not None and spec.input is not None
    needs(board.simulator.binary, TOOLCHAINS[board.isa][0])
    return Setup(build(board, spec), to_counts(load_signal("synthetic"), spec.input.counts_per_g).frames[:20])


def recordings() -> list[str]:
    if not available("cwru") or not available("uestc"):
        pytest.skip("STATOR_DATA names no recordings")
    return [
        *(f"cwru:{number}" for number in sorted(cwru_files())),
        *(f"uestc:{path.stem}" for path in sorted(unpacked("uestc").glob("*.mat"))),
    ]


def test_every_frame_equals_the_host(setup: Setup) -> None:
    records = setup.records()
    assert setup.problems(records) == ()
    assert setup.image.plan.sampling is not None
    stream = check_stream(records, setup.halves, setup.image.plan.sampling.half_ticks)
    assert (stream.frames, stream.lost, stream.duplicated, stream.wrong_times) == (setup.frames, 0, 0, 0)


def test_the_same_run_gives_the_same_records(setup: Setup) -> None:
    assert setup.records() == setup.records()


def test_changed_weights_are_found(setup: Setup, tmp_path: Path) -> None:
    elf = tmp_path / "changed.elf"
    data = bytearray(setup.image.elf.read_bytes())
    weights = [s for s in read_elf(setup.image.elf).symbols if s.name.endswith(("_weights", "_stream"))]
    symbol = max(weights, key=lambda s: s.name)  # the last layer's: one row per class
    with setup.image.elf.open("rb") as stream:
        section = next(s for s in ELFFile(stream).iter_sections() if s.name == symbol.section)
        at = section["sh_offset"] + symbol.address - section["sh_addr"]
    for byte in range(at, at + symbol.bytes // len(setup.image.spec.labels)):
        data[byte] ^= 0x40
    elf.write_bytes(data)
    problems = setup.problems(setup.records(elf))
    assert any("logit" in problem and "expected" in problem for problem in problems), problems
    assert not any("feature" in problem for problem in problems)


def test_one_changed_sample_is_found(setup: Setup) -> None:
    halves = setup.halves.copy()
    halves[5, 100] ^= 256
    records = setup.records(halves=halves)
    assert setup.image.plan.sampling is not None
    stream = check_stream(records, setup.halves, setup.image.plan.sampling.half_ticks)
    assert stream.lost == sum(r.sequence % len(halves) == 5 for r in records) > 0 and any(
        "frame 5: its samples have CRC" in problem for problem in stream.problems
    )
    assert any(problem.startswith("frame 5: feature") for problem in setup.problems(records))


@pytest.mark.parametrize("level", [0, 2047, -2048])
def test_constant_and_saturated_signals_are_exact(setup: Setup, level: int) -> None:
    constant = Setup(setup.image, np.full((3, 1024), level, np.int16))
    assert constant.problems(constant.records()) == ()


def test_noise_over_the_whole_range_is_exact(setup: Setup) -> None:
    noise = np.random.default_rng(11).integers(-2048, 2048, (18, 1024), dtype=np.int16)
    assert Setup(setup.image, noise).problems(Setup(setup.image, noise).records()) == ()


def test_a_signal_without_its_header_ends_in_the_firmwares_words(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.sim.qemu.SIGNAL_MAGIC", 0)
    with pytest.raises(FirmwareFailed, match="gave up after 0 frames: no signal"):
        setup.records(frames=1)


def test_the_image_lies_where_the_plan_says(setup: Setup) -> None:
    assert plan_check(read_elf(setup.image.elf), setup.image.plan) == ()


def test_run_reports_the_contracts_fields(setup: Setup) -> None:
    result = run(board=setup.image.board.name, signal="synthetic", frames=66)
    assert isinstance(result, dict)
    assert result["verdict"] == "pass", result["reasons"]
    assert result["exact"] is True and result["frames"] == 66
    assert (result["frames_lost"], result["frames_duplicated"], result["overruns"]) == (0, 0, 0)
    assert result["instructions"] <= setup.image.spec.budgets.instructions[setup.image.board.name]  # type: ignore[operator]
    assert result["class"] == result["truth"]
    tasks = result["tasks"]
    assert isinstance(tasks, list) and {task["name"] for task in tasks} >= {"feature", "inference", "telemetry", "idle", "main"}
    for task in tasks:
        assert 0 < task["stack_used_bytes"] <= task["stack_bound_bytes"] <= task["stack_bytes"], task


@campaign
@pytest.mark.data
def test_every_recording_is_exact(setup: Setup) -> None:
    spec, wrong = setup.image.spec, []
    assert spec.input is not None
    for name in recordings():
        counts = to_counts(load_signal(name), spec.input.counts_per_g)
        found = Setup(setup.image, counts.frames)
        records = found.records(frames=len(counts.frames))
        wrong += [f"{name}: {problem}" for problem in found.problems(records)]
    assert wrong == []


@campaign
def test_ten_thousand_frames_lose_nothing(setup: Setup) -> None:
    result = run(board=setup.image.board.name, signal="synthetic", frames=10_000)
    assert isinstance(result, dict)
    assert result["frames"] == 10_000 and result["exact"] is True
    assert (result["frames_lost"], result["frames_duplicated"], result["overruns"]) == (0, 0, 0)
