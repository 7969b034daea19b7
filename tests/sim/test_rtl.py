"""A board that is RTL: the whole firmware, exact, and counts that agree with QEMU's."""

from __future__ import annotations

import numpy as np
import pytest

from stator.board import load_board
from stator.errors import ToolError
from stator.sim import verilator
from stator.sim.counters import in_instructions, of_bench
from stator.telemetry import Health, Record
from stator.verbs.bench import bench
from stator.verbs.run import run
from tests.python.needs import needs


@pytest.fixture
def tools() -> None:
    needs("verilator", "g++", "make", "riscv64-unknown-elf-gcc", "qemu-system-riscv32")


@pytest.mark.sim
@pytest.mark.slow
def test_the_firmware_runs_on_ibex(tools: None) -> None:
    result = run(board="ibex_proxy", signal="synthetic", frames=3)
    assert isinstance(result, dict)
    assert result["verdict"] == "pass", result["reasons"]
    assert (result["exact"], result["frames"], result["frames_lost"], result["overruns"]) == (True, 3, 0, 0)
    cycles, instructions = result["cycles"], result["instructions"]
    assert isinstance(cycles, int) and isinstance(instructions, int)
    assert instructions < cycles < 2 * instructions


@pytest.mark.sim
@pytest.mark.slow
def test_ibex_retires_what_qemu_retires(tools: None) -> None:
    """The same code on two simulators that have nothing in common."""
    results = bench(models="bearing", board="ibex_proxy,qemu_rv32")
    assert isinstance(results, list)
    rtl, emulated = results
    assert rtl["exact"] and emulated["exact"]
    assert rtl["instructions"] == emulated["instructions"]
    assert [layer["instructions"] for layer in rtl["layers"]] == [layer["instructions"] for layer in emulated["layers"]]  # type: ignore[attr-defined]
    assert sum(layer["cycles"] for layer in rtl["layers"]) > rtl["instructions"]  # type: ignore[attr-defined, operator]


def _record(sequence: int, handover: int, features: int, inference: int, decision: int) -> Record:
    return Record(sequence, 0, 0, 0, 0, 0, 0, handover, features, inference, decision, b"", b"", Health(0xFFFF0000, 0))


def test_times_in_instructions() -> None:
    """Reads: a tick, the half's interrupt, the task, the end of features, around inference, the decision; twice."""
    frame = [(0, 0), (100, 60), (130, 80), (330, 200), (350, 215), (750, 500), (760, 505)]
    pairs = [(c + start, i + start // 2) for start in (1000, 5000) for c, i in frame]
    counters = np.array(pairs, np.uint64)
    records = [_record(n, 30, 200, 400, 660) for n in range(2)]
    for got in in_instructions(records, counters):
        assert (got.handover, got.features, got.inference, got.decision) == (20, 120, 285, 445)
    with pytest.raises(ToolError, match="frame 2"):
        in_instructions([*records, _record(2, 30, 200, 400, 660)], counters)


def test_reads_of_a_bench() -> None:
    retired = [10, 12, 20, 120, 130, 232, 300, 305, 310, 345, 400]  # two runs, two layers
    assert of_bench(retired, 2, 2) == ((98, 100), (30, 50))
    with pytest.raises(ToolError, match="11 times, 12 were expected"):
        of_bench(retired, 2, 3)


def test_an_unknown_core_is_named(tools: None) -> None:
    simulator = load_board("ibex_proxy").simulator
    assert simulator is not None
    with pytest.raises(ToolError, match="no core 'none'"):
        verilator.program(simulator.model_copy(update={"design": "none"}))
