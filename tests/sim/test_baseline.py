"""No model takes more instructions than the committed baseline says; one that takes less asks for a new baseline."""

from __future__ import annotations

import warnings

import pytest

from stator.board import load_board
from stator.build import TOOLCHAINS, toolchain
from tests.python import baseline
from tests.python.needs import needs


def worse(before: int, now: int) -> str:
    """Why a test fails; empty where it does not."""
    if now <= before * (1 + baseline.ALLOWED):
        return ""
    return f"{now:,} instructions, the baseline has {before:,}: {100 * (now / before - 1):+.1f} %"


@pytest.mark.sim
@pytest.mark.slow
@pytest.mark.parametrize("model", ["bearing", *baseline.MLPERF_TINY])
@pytest.mark.parametrize("name", baseline.boards())
def test_a_model_takes_no_more_instructions_than_before(name: str, model: str) -> None:
    board = load_board(name)
    needs(board.simulator.binary if board.simulator else "", TOOLCHAINS[board.isa][0])
    if model not in baseline.models():
        pytest.skip("the reference models are not here: set STATOR_DATA to the folder of mlperf_tiny.tar.xz")
    before = baseline.read().get(toolchain(board), {}).get(name, {}).get(model)
    if before is None:
        pytest.skip(f"no baseline for {toolchain(board)} on {name}: {baseline.COMMAND} {name}")
    now = baseline.instructions(board, baseline.models()[model])
    assert worse(before, now) == "", f"{model} on {name}; where that is meant: {baseline.COMMAND} {name}"
    if now < before * (1 - baseline.ALLOWED):
        warnings.warn(f"{model} on {name} takes {now:,} instructions, the baseline has {before:,}: {baseline.COMMAND} {name}", stacklevel=1)


def test_more_than_a_hundredth_is_a_regression() -> None:
    assert worse(1_000_000, 1_010_000) == "" and worse(1_000_000, 900_000) == ""
    assert worse(1_000_000, 1_010_001) == "1,010,001 instructions, the baseline has 1,000,000: +1.0 %"


def test_the_baseline_names_models_and_boards_that_exist() -> None:
    kept = baseline.read()
    assert kept
    for boards in kept.values():
        for name, models in boards.items():
            assert name in baseline.boards()
            assert set(models) <= {"bearing", *baseline.MLPERF_TINY} and all(count > 0 for count in models.values())
