"""sim: one scenario on a simulated board, to watch."""

from __future__ import annotations

from stator.board import load_board
from stator.sim import scenarios, simulator
from stator.verb import Results, console, verb


@verb(
    help={
        "board": "a board that QEMU or Renode simulates: a folder of boards/",
        "scenario": "a suite of tests/sim, by its name without .robot",
    },
    examples=("sim --board mps2_an505 --scenario faults",),
)
def sim(board: str, scenario: str) -> Results:
    """Runs the tests of one SCENARIO on a simulated BOARD and shows what the firmware says, as it says it."""
    the_board, suite = load_board(board), scenarios.find(scenario)
    done = scenarios.run(the_board, [suite], live=True)
    for failure in done.failures:
        console.print(failure, markup=False)
    console.print(f"{scenario} on {the_board.name}: {done.said}")
    return {
        "board": the_board.name,
        "suite": scenario,
        "simulator": simulator.version(the_board),
        "seconds": done.seconds,
        "said": done.said,
        "verdict": "fail" if done.failed else "pass",
        "reasons": list(done.failures),
    }
