"""CV32E40P as RTL: the whole firmware, exact, with kernels in Xpulp instructions."""

from __future__ import annotations

import pytest

from stator.verbs.run import run
from tests.python.needs import needs


@pytest.mark.sim
@pytest.mark.slow
def test_the_firmware_runs_on_cv32e40p() -> None:
    needs("verilator", "g++", "make", "riscv64-unknown-elf-gcc")
    result = run(board="cv32e40p", signal="synthetic", frames=3)
    assert isinstance(result, dict)
    assert result["verdict"] == "pass", result["reasons"]
    assert (result["exact"], result["frames"], result["frames_lost"], result["overruns"]) == (True, 3, 0, 0)
    cycles, instructions = result["cycles"], result["instructions"]
    assert isinstance(cycles, int) and isinstance(instructions, int)
    assert instructions < cycles < 2 * instructions
