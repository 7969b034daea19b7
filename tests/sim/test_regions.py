"""A model that no region of a simulated board has room for: spread over three, one of them slow, every layer writes the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from stator.board import load_board
from stator.cmake import planned
from stator.measure.inference import inputs_for
from stator.measure.layers import on_board
from stator.ops import run_reference
from stator.paths import BOARDS
from stator.spec import load_model_spec
from tests.python.conv_graphs import Stack
from tests.python.needs import needs

pytestmark = pytest.mark.sim

ONE = "  sram: {at: 0x38000000, bytes: 4194304, kind: ram, dma: true}\n"
THREE = """\
  sram: {at: 0x38000000, bytes: 24576, kind: ram, dma: true}
  internal: {at: 0x30000000, bytes: 12288, kind: ram}
  psram: {at: 0x80800000, bytes: 8388608, kind: ram, wait_states: 4}
"""


def test_model_that_needs_several_regions_is_exact_on_a_board(tmp_path: Path) -> None:
    needs("qemu-system-arm", "arm-none-eabi-gcc")
    board = tmp_path / "three_regions"
    shutil.copytree(BOARDS / "mps2_an505", board)
    text = (board / "board.yml").read_text(encoding="utf-8")
    assert ONE in text
    (board / "board.yml").write_text(text.replace(ONE, THREE).replace("signal_bytes: 16777216", "signal_bytes: 8388608"), encoding="utf-8")
    stack = Stack(5, (1, 32, 32, 3))
    stack.conv(12, 3, share=0)
    before = stack.x
    stack.conv(12, 3, share=0)
    stack.conv(12, 1, share=0)
    stack.residual(before)
    stack.mean()
    model = tmp_path / "wide.tflite"
    model.write_bytes(stack.build())
    there = load_board(board)
    made = planned(there, load_model_spec(model))
    assert {bank.region for bank in made.banks} == {"sram", "internal", "psram"}
    sets = inputs_for(made.schedule.graph, 2)
    said = list(on_board(there, model, made, tmp_path / "build", sets, passes=True))
    assert {run for run, *_ in said} == {0, 1}
    for run, step, tensor, values in said:
        want = run_reference(made.schedule.graph, sets[run])[tensor]
        assert np.array_equal(values, want), f"run {run}, layer {step.index}"
