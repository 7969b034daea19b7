"""Health: what the firmware says of itself, one fault per detector on the host's build, and how a campaign judges."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from stator.board import load_board
from stator.build import Image
from stator.data import load_signal, to_counts
from stator.errors import ConfigError, ToolError
from stator.faults.campaign import check, read
from stator.faults.judge import Outcome, Witness, outcome
from stator.faults.kinds import kinds
from stator.spec import load_model_spec
from stator.telemetry import REASONS, Decoder, Health, Record, Telemetry, decode, framed
from stator.verbs.faults import faults
from tests.python.cmake_project import firmware
from tests.soak import Heard, machine, soak

Halves = npt.NDArray[np.int16]


@pytest.fixture(scope="module")
def host_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return firmware(tmp_path_factory.mktemp("host") / "build", "host")


@pytest.fixture(scope="module")
def healthy() -> Halves:
    spec = load_model_spec("bearing")
    assert spec.input is not None
    return to_counts(load_signal("synthetic:healthy"), spec.input.counts_per_g).frames[:40]


def play(elf: Path, folder: Path, halves: Halves, events: str, times: int = 1) -> Telemetry:
    file = folder / "signal.raw"
    file.write_bytes(halves.astype("<i2").tobytes())
    done = subprocess.run([str(elf), str(file), events, str(times)], capture_output=True, check=False, timeout=120)
    assert not done.stderr, done.stderr[-2000:]
    told = decode(done.stdout)
    assert told.garbage == 0
    return told


def reasons(told: Telemetry) -> set[str]:
    """Everything that any record or heartbeat named."""
    said = [r.health for r in told.records] + [h.health for h in told.heartbeats]
    assert all(h is not None for h in said)
    return {reason for h in said if h is not None for reason in h.reasons}


def test_a_healthy_signal_is_well_and_self_tests_go_round(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    told = play(host_build, tmp_path, healthy, "hr", 200)
    assert len(told.records) == 200 and reasons(told) == set() and told.failure is None
    last = told.records[-1].health
    assert last is not None and last.rounds >= 4


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda halves: np.full_like(halves, 77), "sensor stuck"),
        (lambda halves: np.clip(halves.astype(np.int32) * 200, -2048, 2047).astype(np.int16), "sensor clipped"),
        (lambda halves: halves + np.int16(1200), "sensor offset"),
    ],
)
def test_a_sensor_that_is_not_right_is_told_and_forgiven(
    change: object, reason: str, host_build: Path, healthy: Halves, tmp_path: Path
) -> None:
    bad = change(healthy[:10])  # type: ignore[operator]
    told = play(host_build, tmp_path, np.concatenate([healthy[:10], bad, healthy[:30]]), "hr", 50)
    named = [r.sequence for r in told.records if reason in r.health.reasons]
    assert named[0] == 12 and named[-1] == 26, "after three bad halves, until eight good ones"


def test_a_dead_sensor_is_told_without_a_record(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    told = play(host_build, tmp_path, healthy, "hr" * 5 + "wst" * 30)
    assert len(told.records) == 5 and len(told.heartbeats) == 3
    assert all(h.halves == 5 and "sensor dead" in h.health.reasons for h in told.heartbeats)


def test_a_temperature_sensor_that_is_silent_is_told_until_it_answers(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    """The supervisor asks once a second; a record says what is known when it is sent. Three answers missing are a reason."""
    told = play(host_build, tmp_path, healthy, "hr" * 25 + "n" + "hr" * 50 + "a" + "hr" * 25)
    values = [r.temperature for r in told.records]
    first, silent, back = values.index(2150), values.index(None, 20), values.index(-525)
    assert set(values[:first]) == {None} and first < 20, "nothing is made up before the first answer"
    assert set(values[first:silent]) == {2150} and set(values[silent:back]) == {None} and set(values[back:]) == {-525}
    named = [r.sequence for r in told.records if r.health.reasons]
    assert named == list(range(named[0], back)) and 20 < named[0] - silent < 27, "two more seconds without an answer"
    assert reasons(told) == {"temperature"}


def test_lost_halves_are_told_for_a_while(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    told = play(host_build, tmp_path, healthy, "hr" * 5 + "mhr" + "hr" * 80)
    named = [r.sequence for r in told.records if r.health.reasons == ("lost halves",)]
    assert named == list(range(6, 70))


def test_clocks_that_disagree_are_told(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    assert reasons(play(host_build, tmp_path, healthy, ("hr" * 20 + "wsr") * 8)) == {"clock"}


def test_memory_that_changes_by_itself_is_told_and_no_wrong_state_follows(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    usual = play(host_build, tmp_path, healthy, "hr", 140)
    for events in ("hr" * 60 + "x" + "hr" * 80, "hr" * 60 + "hfq" + "r" + "hr" * 79):
        told = play(host_build, tmp_path, healthy, events)
        assert "memory" in reasons(told) and told.failure is None
        states = {r.sequence: r.state for r in usual.records}
        assert all(r.state in (states[r.sequence], 255) for r in told.records)


def test_a_task_that_stands_still_ends_the_firmware_by_name(host_build: Path, healthy: Halves, tmp_path: Path) -> None:
    for events, task in (("h" * 5, "feature"), ("hf" * 8, "inference"), ("hfi" * 12, "telemetry")):
        assert play(host_build, tmp_path, healthy, "hr" * 3 + events + "s").failure == f"task {task} stands still"


TIME = np.arange(40 * 1024)


@pytest.mark.parametrize(
    "wave",
    [
        np.where(TIME // 7 % 2, 150, -150),
        150 * np.sin(2 * np.pi * 1000 / 12_000 * TIME),
        600 * np.sin(2 * np.pi * 3100 / 12_000 * TIME),
        np.random.default_rng(7).normal(0, 30, len(TIME)),
        np.random.default_rng(8).normal(0, 400, len(TIME)),
    ],
    ids=["square wave", "tone of 1 kHz", "tone of 3.1 kHz", "faint white noise", "loud white noise"],
)
def test_a_signal_unlike_any_in_training_is_told(host_build: Path, wave: npt.NDArray[np.float64], tmp_path: Path) -> None:
    halves = np.rint(wave).astype(np.int16).reshape(40, 1024)
    assert "drift" in reasons(play(host_build, tmp_path, halves, "hr", 60))


def test_healthy_machines_give_no_alarm(host_build: Path) -> None:
    spec = load_model_spec("bearing")
    assert spec.input is not None
    for seed in (3, 11, 12):
        heard = soak(host_build, machine(seed, spec), 700, spec.input.counts_per_g)
        assert heard == Heard(frames=700)


def test_a_soak_tells_what_a_firmware_objects_to() -> None:
    heard = Heard()
    for one in (record(1, state=0), record(2, state=255), record(3, state=2), record(4, state=0, word=0xFFEF0010)):
        heard.hear(one)
    assert heard == Heard(4, Counter({"memory": 1}), Counter({"ball": 1}))


def test_health_is_well_only_where_both_halves_of_the_word_agree() -> None:
    assert Health(0xFFFF0000, 3).well
    assert Health(0, 3).reasons == Health(0xFFFFFFFF, 3).reasons == ("its own state",)
    for bit, reason in enumerate(REASONS):
        assert Health(((0xFFFF ^ 1 << bit) << 16) | 1 << bit, 0).reasons == (reason,)


def record(sequence: int, state: int = 1, logits: bytes = b"\1", word: int = 0xFFFF0000) -> Record:
    return Record(sequence, sequence, 0, 1, 200, state, 0, 0, 0, 0, 0, b"", logits, Health(word, 0))


def judged(records: list[Record], duration: str, detected_at: int | None = None) -> Outcome:
    right = {s: record(s) for s in range(300)}
    witness = Witness((0, 0, 0), detected_by="why" if detected_at else None, detected_at=detected_at)
    return outcome("k", 0, "", duration, witness, 10, records, right)


def test_a_fault_that_changes_nothing_is_harmless() -> None:
    found = judged([record(s) for s in range(5)], "persistent")
    assert (found.harmless, found.healthy, found.silent) == (True, False, 0)
    assert not judged([record(0), record(2)], "persistent").harmless, "a record is missing"


def test_what_is_harmful_and_undetected_was_called_healthy() -> None:
    wrong = [record(s, logits=b"\2") for s in range(5)]
    assert judged(wrong, "persistent").healthy
    assert not judged(wrong, "persistent", detected_at=60).healthy
    assert judged(wrong, "persistent", detected_at=200).healthy, "later than ten seconds"
    assert not judged(wrong, "transient").healthy and judged(wrong, "transient").silent == 5
    assert judged([record(3, state=2)], "transient").healthy
    assert not judged([record(3, state=255)], "transient").healthy
    assert not judged([record(3, state=2, word=0xFFEF0010)], "transient").healthy, "it said that it was not well"


def test_a_witness_names_what_came_first() -> None:
    decoder = Decoder()
    decoder.feed(framed(record(7)))
    witness = Witness.since(decoder, 5)
    witness.listen(decoder, 20)
    assert witness.detected_by is None
    decoder.feed(framed(record(8, word=0xFFFD0002)))
    witness.listen(decoder, 21)
    assert witness.detected_at == 21 and str(witness.detected_by) == "flash"
    disturbed = Witness.since(Decoder(), 0)
    after = Decoder()
    after.feed(framed(record(7, word=0xFBFF0400)))
    disturbed.listen(after, 1)
    assert disturbed.detected_by is None, "a stopped QEMU lets time pass by itself"
    quiet = Witness.since(Decoder(), 0)
    quiet.listen(Decoder(), 21)
    assert quiet.detected_by == "silence"


def test_a_campaign_goes_on_from_what_it_kept(tmp_path: Path) -> None:
    file = tmp_path / "faults.jsonl"
    assert read(file, "a") == []
    one = Outcome("weights", 0, "w", "persistent", "flash", 1.0, False, False, 3, 9)
    file.write_text(json.dumps({"elf_sha256": "a"}) + "\n" + json.dumps(one.fields()) + '\n{"kind": "cut o')
    assert read(file, "a") == [one] and read(file, "b") == []
    file.write_text("")
    assert read(file, "a") == []


def test_unknown_kinds_and_other_boards_are_refused() -> None:
    assert len(kinds()) >= 15
    with pytest.raises(ConfigError, match=r"weihgts.*weights"):
        faults(board="mps2_an505", kinds="weihgts")


def test_faults_need_the_board_whose_devices_they_know() -> None:
    image = Image.__new__(Image)
    object.__setattr__(image, "board", load_board("qemu_rv32"))
    with pytest.raises(ToolError, match="qemu_rv32"):
        check(image)
