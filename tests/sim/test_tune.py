"""Tuning: every variant of every layer is measured and right, and the compiler then takes the fastest."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator import tuned
from stator.board import load_board
from stator.cmake import planned
from stator.errors import ConfigError
from stator.spec import load_model_spec
from stator.verbs.tune import COUNTS, tune
from tests.python.needs import needs


@pytest.mark.sim
@pytest.mark.slow
def test_what_was_measured_is_what_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("qemu-system-riscv32", "riscv64-unknown-elf-gcc")
    monkeypatch.setattr(tuned, "FOLDER", tmp_path)
    results = tune(model="bearing", board="qemu_rv32")
    assert isinstance(results, list)
    board = load_board("qemu_rv32")
    table = tuned.table(board)
    assert table.counts == "instructions" and table.measured.startswith("qemu_rv32, ")
    measured = results[0]["layers"]
    assert isinstance(measured, list) and any(len(layer["variants"]) > 1 for layer in measured)
    made = planned(board, load_model_spec(load_model_spec("bearing").path), kernels="speed")
    for step, layer in zip(made.schedule.steps, measured, strict=True):
        least = min(layer["variants"], key=lambda one: one["instructions"])
        assert step.kernel.symbol == least["kernel"], step.choice.why


def test_a_board_without_a_simulator_is_refused() -> None:
    assert COUNTS[-1] == "instructions"
    with pytest.raises(ConfigError, match="no simulator to measure on"):
        tune(model="bearing", board="nrf5340")
