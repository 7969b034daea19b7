"""The committed baseline of instructions per inference, tests/baseline.json, and how it is made anew:

    python -m tests.python.baseline [BOARD ...]    measures all models on all simulated boards (or on these), and writes the file

It holds, by compiler and version, board and model, what `invoke bench` counts. tests/sim/test_baseline.py compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from stator.board import Board, boards_that, load_board
from stator.build import toolchain
from stator.data.archives import available, unpacked
from stator.fit import fitted
from stator.frontends import load
from stator.measure.inference import SIMULATED_INPUTS, inputs_for, on_board
from stator.passes import optimise
from stator.paths import ROOT
from stator.spec import load_model_spec

FILE = ROOT / "tests" / "baseline.json"
COMMAND = "python -m tests.python.baseline"
MLPERF_TINY = ("ad01_int8", "kws_ref_model", "pretrainedResnet_quant", "vww_96_int8")
ALLOWED = 0.01
"""A model may take so much more, as a share, before the test fails; as much less asks for a new baseline."""

Baseline = dict[str, dict[str, dict[str, int]]]


def models() -> dict[str, Path]:
    """What is measured, by name: the bearing model, and the MLPerf Tiny reference models where they are at hand."""
    found = {"bearing": load_model_spec("bearing").path}
    if available("mlperf_tiny"):
        found |= {name: unpacked("mlperf_tiny") / "models" / f"{name}.tflite" for name in MLPERF_TINY}
    return found


def boards() -> tuple[str, ...]:
    """Those that QEMU runs: RTL takes minutes, and retires what QEMU does."""
    return boards_that(lambda board: board.simulator is not None and board.simulator.kind == "qemu")


def read() -> Baseline:
    found: Baseline = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def instructions(board: Board, model: Path) -> int:
    """Instructions of one inference, with the kernels that the compiler selects."""
    spec = load_model_spec(model)
    graph = optimise(load(spec.path))
    made = fitted(graph, board, spec, None)
    cost, _ = on_board(board, spec.path, made, ROOT / "build" / board.name / spec.name / "bench", inputs_for(graph, SIMULATED_INPUTS))
    return cost.instructions


def main() -> None:
    """Measures, and writes the file anew; what other compilers gave stays in it."""
    baseline = read() if FILE.is_file() else {}
    for name in sys.argv[1:] or boards():
        board = load_board(name)
        of_board = baseline.setdefault(toolchain(board), {}).setdefault(name, {})
        for model, path in models().items():
            before, now = of_board.get(model), instructions(board, path)
            of_board[model] = now
            change = f", {100 * (now / before - 1):+.1f} %" if before else ""
            print(f"{name} {model}: {now:,}{change}", flush=True)
    FILE.write_text(json.dumps(baseline, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
