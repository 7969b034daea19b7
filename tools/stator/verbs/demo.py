"""demo: the whole path once, on a simulated board."""

from __future__ import annotations

from stator.verb import Results, console, verb

BOARD = "mps2_an505"
MODEL = "bearing"
RECORDING = "cwru:105"  # inner race, 0.007 inch, no load


@verb(help={}, examples=["demo"])
def demo() -> Results:
    """Compiles the bearing model, builds the firmware, runs it on a simulated Cortex-M33 and writes the report."""
    from stator.verbs.build import build
    from stator.verbs.compile import compile
    from stator.verbs.report import report
    from stator.verbs.run import run

    _say("1 of 4: compile: the model becomes C, a header and a memory plan", f"compile --model {MODEL} --board {BOARD}")
    compile(model=MODEL, board=BOARD)
    _say("2 of 4: build: C, kernel, drivers and FreeRTOS become one image", f"build --board {BOARD} --model {MODEL}")
    build(board=BOARD, model=MODEL)
    signal = _signal()
    _say("3 of 4: run: a signal goes through the image on a simulated board", f"run --board {BOARD} --model {MODEL} --signal {signal}")
    result = run(board=BOARD, model=MODEL, signal=signal)
    _say("4 of 4: report: one page with everything that was measured", "report")
    report()
    return result


def _signal() -> str:
    """A real recording where the archives are at hand, else the project's own generator."""
    from stator.data.archives import available

    if available("cwru"):
        return RECORDING
    console.print("no recordings here (STATOR_DATA names their folder): the generated signal takes their place")
    return "synthetic"


def _say(what: str, words: str) -> None:
    console.print(f"\n{what}\n  invoke {words}", style="bold")
