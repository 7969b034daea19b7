"""Energy per decision: recordings of a PPK2 or a Joulescope, hostile ones too, and what is made of a board's table of currents."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stator.board import Power, load_board
from stator.errors import SignalError
from stator.measure.energy import duty_cycle, from_recording, from_table, read_recording
from stator.sim.awake import Awake, Watch
from stator.telemetry import Banner, Health, Record, Telemetry
from stator.verb import exit_status, verbs
from stator.verbs.energy import energy

PPK2 = "Timestamp(ms),Current(uA),D0-D7\n"
JOULESCOPE = "#time (s),current (A),voltage (V)\n"


def recorded(folder: Path, text: str | bytes) -> Path:
    path = folder / "current.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_ppk2s_export_gives_the_mean_over_time(tmp_path: Path) -> None:
    """1 ms of 5 mA in every 10: samples are joined by straight lines, so an edge between two of them counts half."""
    lines = [f"{i / 100},{5000 if i % 1000 < 100 else 100}.000,0000----" for i in range(100_001)]
    found = read_recording(recorded(tmp_path, PPK2 + "\n".join(lines) + "\n"))
    assert (found.samples, found.seconds, found.peak_ua, found.mean_uw) == (100_001, 1.0, 5000, None)
    assert found.mean_ua == pytest.approx(100 + 4900 * 0.1, rel=1e-3)
    told = from_recording(found, 3000, 0.1)
    assert told.per_decision_uj == pytest.approx(found.mean_ua * 3 * 0.1)
    assert told.battery_h(found.mean_ua / 1000) == pytest.approx(1)
    with pytest.raises(SignalError, match="no voltage"):
        from_recording(found, None, 0.1)


def test_a_joulescopes_export_brings_its_voltage(tmp_path: Path) -> None:
    found = read_recording(recorded(tmp_path, JOULESCOPE + "".join(f"{i * 1e-3:.7f},2.0000e-03,{3 + i % 2:.4f}\n" for i in range(1001))))
    assert found.mean_ua == pytest.approx(2000)
    assert found.mean_uw == pytest.approx(2000 * 3.5)
    assert from_recording(found, None, 0.5).per_decision_uj == pytest.approx(3500)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("x" * 5000, "first line"),
        ("Current(uA),Timestamp(ms)\n1,2\n", "first line"),
        (b"\xff\xfe\x00\x00", "no text"),
        (PPK2, "0 samples"),
        (PPK2 + "0,1\n", "1 samples"),
        (PPK2 + "0,1\n1\n", "row 2"),
        (PPK2 + "0,1\n1,one\n", "'one'"),
        (PPK2 + "0,1\n1,nan\n2,3\n", "line 3"),
        (PPK2 + "0,1\n1e999,3\n", "line 3"),
        (PPK2 + "0,1\n1,2\n1,2\n", "line 4"),
        (PPK2 + "5,1\n4,2\n", "line 3"),
        (PPK2 + "0,-1\n1000,-5\n", "no board's current"),
        (JOULESCOPE + "0,1e-3\n1,1e-3\n", "row 1"),
    ],
)
def test_a_broken_recording_is_refused_in_one_message(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(SignalError) as caught:
        read_recording(recorded(tmp_path, text))
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_recording_shorter_than_a_decision_is_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path, PPK2 + "0,1\n50,1\n")
    with pytest.raises(SignalError, match="a longer one"):
        energy("nrf5340", str(path), supply="3000")


def test_the_verb_answers_in_the_contracts_fields(tmp_path: Path) -> None:
    path, out = recorded(tmp_path, PPK2 + "0,1000\n1000,1000\n"), tmp_path / "out.json"
    given = {"board": "nrf5340", "current": str(path), "supply": "2000", "battery": "500"}
    assert exit_status(verbs()["energy"], given, str(out)) == 0
    told = json.loads(out.read_text())
    assert told["energy_uj"] == pytest.approx(1000 * 2 * 1024 / 12000, rel=1e-3)
    assert (told["current_ua"], told["battery_h"], told["verdict"]) == (1000, 500, "pass")
    for wrong in ("-1", "nan", "1e99", "three"):
        assert exit_status(verbs()["energy"], {**given, "supply": wrong}) == 2


def test_a_table_of_currents_is_weighed_by_the_share_awake() -> None:
    power = Power(supply_mv=3000, run_ua=4000, sleep_ua=400, source="a table")
    told = from_table(power, 0.25, 0.1)
    assert told is not None
    assert told.mean_ua == pytest.approx(1300)
    assert told.per_decision_uj == pytest.approx(390)
    assert from_table(power.model_copy(update={"sleep_ua": None}), 0.25, 0.1) is None


def test_an_instruction_takes_what_the_timing_analysis_takes_for_one() -> None:
    chip, rtl = load_board("nrf5340"), load_board("ibex_proxy")
    assert chip.timing is not None
    once = Awake(chip.clock_hz // 100, "instructions", 1.0)
    assert duty_cycle(chip, once) == pytest.approx(0.01 * chip.timing.cycles_per_instruction)
    assert duty_cycle(rtl, Awake(rtl.clock_hz // 50, "cycles", 2.0)) == pytest.approx(0.01)


def told(half_s: float) -> Telemetry:
    return Telemetry(Banner("0", "b", "m", "0", 1, 1000, round(half_s * 1000), 1, 1), ())


def watched(name: str, folder: Path, layout: str, rows: Sequence[tuple[int, ...]], arguments: tuple[str, ...]) -> Awake | None:
    notes = folder / "notes"
    notes.write_bytes(b"".join(struct.pack(layout, *row) for row in rows) + b"cut")
    return Watch(load_board(name), arguments, notes).seen(told(0.1), None)


def test_turns_of_the_idle_loop_are_taken_off_where_it_spins(tmp_path: Path) -> None:
    """64 ns an instruction: 1,562,500 in a half of 0.1 s; 5,000 turns of 300 of them idle."""
    rows = [(1_562_500 * i, 5_000 * i, 300) for i in range(6)]
    found = watched("mps2_an505", tmp_path, "<QQQ", rows, ("-plugin",))
    assert found is not None
    assert found.count == 3 * 62_500
    assert found.seconds == pytest.approx(0.3)


def test_where_it_sleeps_what_ran_is_what_counts(tmp_path: Path) -> None:
    found = watched("qemu_rv32", tmp_path, "<QQQ", [(1000 * i, 0, 2**64 - 1) for i in range(6)], ("-plugin",))
    assert found is not None
    assert found.count == 3000
    assert found.seconds == pytest.approx(0.3)
    assert watched("qemu_rv32", tmp_path, "<QQQ", [(1000 * i, 0, 0) for i in range(3)], ("-plugin",)) is None


def test_renodes_notes_bring_their_own_time(tmp_path: Path) -> None:
    found = watched("nrf5340", tmp_path, "<QQ", [(500 * i, 1000 * i) for i in range(6)], ())
    assert found == Awake(1500, "instructions", 0.003)
    assert watched("nrf5340", tmp_path, "<QQ", [], ()) is None


def test_rtls_cycles_stand_still_in_sleep() -> None:
    """Two frames two halves apart, whose reads of mcycle are 700 apart."""

    def record(sequence: int) -> Record:
        return Record(sequence, sequence, 0, 0, 0, 0, 0, 10, 20, 30, 70, b"", b"", Health(0, 0))

    reads = [[at + base, 0] for base in (100, 800) for at in (0, 10, 30, 35, 65, 70)]
    frames = replace(told(0.1), records=(record(4), record(6)))
    found = Watch(load_board("ibex_proxy"), (), Path("none")).seen(frames, np.array(reads, np.uint64))
    assert found is not None
    assert found.unit == "cycles"
    assert found.count == 700
    assert found.seconds == pytest.approx(0.2)
