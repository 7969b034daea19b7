"""The judge of a run: what it counts as lost or doubled, what it compares, and that a wrong byte cannot pass."""

from __future__ import annotations

import dataclasses
import sys
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.board import load_board
from stator.frontends import load
from stator.measure.oracle import UNKNOWN, Debounce, Expected, Oracle, oracle
from stator.measure.replay import accuracy, check_stream, compare, stages, verdict_of
from stator.ops import run_reference
from stator.passes import optimise
from stator.spec import load_model_spec
from stator.telemetry import Health, Record

TICKS = 1_706_667
HALVES = np.random.default_rng(5).integers(-2048, 2048, (7, 1024), dtype=np.int16)

WELL = Health(0xFFFF0000, 0)


def record(sequence: int, **changed: object) -> Record:
    crc = zlib.crc32(HALVES[sequence % len(HALVES)].tobytes())
    plain = Record(
        sequence, sequence * TICKS, crc, 1, 200, UNKNOWN, 0, 60, 1000, 2000, 3200, b"\1\2\3", b"\0\x7f\x80\5", Health(0xFFFF0000, 0)
    )
    return dataclasses.replace(plain, **changed)  # type: ignore[arg-type]


def test_a_whole_stream_loses_and_doubles_nothing() -> None:
    found = check_stream([record(n) for n in range(20)], HALVES, TICKS)
    assert (found.frames, found.lost, found.duplicated, found.wrong_times, found.problems) == (20, 0, 0, 0, ())


@given(st.integers(0, 18))
def test_a_missing_record_is_lost(gone: int) -> None:
    found = check_stream([record(n) for n in range(20) if n != gone], HALVES, TICKS)
    assert (found.lost, found.duplicated, found.wrong_times) == (1, 0, 0)
    assert f"1 frames lost: {gone}" in found.problems


def test_a_repeated_record_is_a_duplicate() -> None:
    found = check_stream([record(0), record(1), record(1), record(2)], HALVES, TICKS)
    assert (found.lost, found.duplicated) == (0, 1)


def test_a_record_with_the_data_of_the_half_before_is_lost_and_doubled() -> None:
    found = check_stream([record(0), record(1), record(2, crc=record(1).crc), record(3)], HALVES, TICKS)
    assert (found.lost, found.duplicated) == (1, 1)
    assert "half 1 of the signal" in found.problems[0]


def test_data_of_no_half_is_lost_not_doubled() -> None:
    found = check_stream([record(0), record(1, crc=0xDEADBEEF), record(2)], HALVES, TICKS)
    assert (found.lost, found.duplicated) == (1, 0)
    assert "no half of the signal" in found.problems[0]


def test_one_tick_too_many_is_seen() -> None:
    found = check_stream([record(0), record(1, timestamp=TICKS + 1), record(2)], HALVES, TICKS)
    assert found.wrong_times == 2
    assert "1,706,668 ticks after frame 0, programmed 1,706,667" in found.problems[0]


def test_a_hostile_sequence_number_costs_no_time() -> None:
    found = check_stream([record(0), record(2**32 - 1)], HALVES, TICKS)
    assert found.lost == 2**32 - 2


EXPECTED = Expected(b"\1\2\3", b"\0\x7f\x80\5", 1, 200, UNKNOWN, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"column": b"\1\2\4"}, "frame 3: feature 2: expected 3, got 4"),
        ({"column": b"\1\2"}, "frame 3: 2 features, expected 3"),
        ({"logits": b"\0\x7f\x7f\6"}, "frame 3: logit 2: expected -128, got 127 (and 1 more)"),
        ({"label": 0}, "frame 3: class: expected 1, got 0"),
        ({"confidence": 199}, "frame 3: confidence: expected 200, got 199"),
        ({"state": 1}, "frame 3: state: expected 255, got 1"),
    ],
)
def test_a_difference_names_frame_index_expected_and_got(changed: dict[str, object], said: str) -> None:
    found = compare([record(2), record(3, **changed)], [EXPECTED, EXPECTED])
    assert not found.exact and found.mismatches == 1
    assert found.problems == (said,)


def test_equal_records_are_exact_and_their_bytes_counted() -> None:
    found = compare([record(n) for n in range(5)], [EXPECTED] * 5)
    assert found.exact and found.compared_bytes == 5 * (3 + 4 + 3)
    assert not compare([], []).exact  # nothing compared proves nothing


def test_windows_start_with_filler_and_a_gap_starts_again() -> None:
    spec = load_model_spec("bearing")
    assert spec.window is not None
    frames, width = spec.window.frames, spec.window.columns
    seen: list[bytes] = []

    def infer(window: npt.NDArray[np.int8]) -> tuple[bytes, bytes]:
        seen.append(window.tobytes())
        return bytes([window[-1, 0] & 0x7F, 0, 0, 0]), bytes(4)

    columns = np.arange(7 * width).reshape(7, width).astype(np.int8)
    judge = Oracle("test", spec, columns, infer, -5)
    expected = list(judge.replay([0, 1, 2, 5, 6, 7]))
    empty = np.full((frames, width), -5, np.int8)
    assert seen[1] == np.concatenate([empty[2:], columns[:2]]).tobytes()
    assert seen[3] == np.concatenate([empty[1:], columns[5:6]]).tobytes(), "the gap cleared the window"
    assert seen[5] == np.concatenate([empty[3:], columns[5:7], columns[:1]]).tobytes(), "the signal loops"
    assert not any(want.full for want in expected)


def test_a_looping_signal_is_inferred_once_per_window() -> None:
    spec = load_model_spec("bearing")
    assert spec.window is not None
    calls = 0

    def infer(window: npt.NDArray[np.int8]) -> tuple[bytes, bytes]:
        nonlocal calls
        calls += 1
        return bytes(4), bytes(4)

    columns = np.random.default_rng(1).integers(-128, 128, (5, spec.window.columns), dtype=np.int8)
    assert len(list(Oracle("test", spec, columns, infer, 0).replay(range(1000)))) == 1000
    assert calls <= spec.window.frames + len(columns)


def test_debounce_waits_for_a_full_window_and_a_run() -> None:
    decision = Debounce(4, 3)
    assert [decision.update(2) for _ in range(8)] == [UNKNOWN] * 6 + [2, 2]
    assert [decision.update(label) for label in (1, 1, 2, 1, 1, 1)] == [2, 2, 2, 2, 2, 1]


def test_the_interpreter_agrees_with_the_operators_references() -> None:
    pytest.importorskip("tflite_micro")
    spec = load_model_spec("bearing")
    graph = optimise(load(spec.path))
    halves = np.random.default_rng(3).integers(-2048, 2048, (3, 1024), dtype=np.int16)
    judge = oracle(spec, graph, halves)
    assert spec.window is not None and judge.name.startswith("stator.dsp (NumPy) and tflite-micro")
    window = np.random.default_rng(4).integers(-128, 128, (spec.window.frames, spec.window.columns), dtype=np.int8)
    logits, scores = judge.infer(window)
    values = run_reference(graph, [window.reshape(graph.tensors[graph.inputs[0]].type.shape)])
    assert logits == values[graph.outputs[0]].tobytes() and scores == values[graph.outputs[1]].tobytes()


def test_without_the_interpreter_the_references_judge_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tflite_micro")
    spec = load_model_spec("bearing")
    graph = optimise(load(spec.path))
    halves = np.random.default_rng(3).integers(-2048, 2048, (3, 1024), dtype=np.int16)
    with_it = list(oracle(spec, graph, halves).replay(range(5)))
    monkeypatch.setitem(sys.modules, "tflite_micro.python.tflite_micro", None)
    judge = oracle(spec, graph, halves)
    assert "NumPy references" in judge.name
    assert list(judge.replay(range(5))) == with_it


def test_units_become_instructions_by_the_board() -> None:
    arm, riscv = load_board("mps2_an505"), load_board("qemu_rv32")
    records = [record(0, handover=128, features=12800, inference=12800, decision=25856), record(1, handover=64)]
    assert {s.name: s.worst for s in stages(records, arm)} == {
        "interrupt to task": 100,
        "features": 10000,
        "inference": 10000,
        "hand-on and decision": 107,
        "whole": 20200,
    }
    assert stages(records, riscv)[-1].worst == 25856


def test_accuracy_counts_frames_with_a_full_window_only() -> None:
    filling = dataclasses.replace(EXPECTED, full=False)
    records = [record(0, label=0), record(1, label=1), record(2, label=3), record(3, label=1)]
    expected = [filling, EXPECTED, EXPECTED, EXPECTED]
    assert accuracy(records, expected, 1) == pytest.approx(2 / 3)
    assert accuracy(records, expected, None) is None
    assert verdict_of(records, expected) == 1
    assert verdict_of(records[:1], expected[:1]) is None
