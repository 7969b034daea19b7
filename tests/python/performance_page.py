"""Makes docs/performance.md from what the verbs measure: `python -m tests.python.performance_page` writes it anew.

Every table stands beside the command that gives it. The test of the page makes the cheap ones again and compares them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stator.paths import ROOT

PAGE = ROOT / "docs" / "performance.md"
IMAGE_BOARDS = ("gd32vf103", "nrf5340", "mps2_an505", "qemu_rv32")
RUN_BOARDS = ("mps2_an505", "qemu_rv32")
BENCH_BOARDS = ("mps2_an505", "mps2_an386", "mps3_an547", "qemu_rv32")
RECORDINGS = ("cwru:100", "cwru:108", "cwru:121", "cwru:133")
LONG_RUN = ["run", "--board", "mps2_an505", "--signal", "synthetic", "--frames", "10000"]

Result = dict[str, Any]

HEAD = """# Performance

Figures of the bearing monitor and of reference models, each table beside the command that gives it. `python -m
tests.python.performance_page` makes this page; a test makes the first three tables again and compares.

Made with {compilers}; {simulator}. Instructions are counted by QEMU and are exact for the image, but they are no cycles: a
load or a multiply may take several, and contention for the bus is not modelled. Nothing here was measured on a chip.
"""


def measure(*words: str) -> list[Result]:
    """The results of a verb, by its JSON file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.json"
        done = subprocess.run(
            [sys.executable, "-m", "invoke", *words, "--json", str(target)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if not target.exists():
            raise RuntimeError(f"invoke {' '.join(words)}: {done.stderr[-2000:]}")
        content = json.loads(target.read_text(encoding="utf-8"))
    return list(content.get("results", [content]))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first two to the right."""
    rule = ["---" if i < 2 else "--:" for i in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)) + "\n"


def images() -> str:
    rows = []
    for board in IMAGE_BOARDS:
        [r] = measure("build", "--board", board)
        cells = [f"{r[key]:,}" for key in ("flash_bytes", "sram_bytes", "stack_bytes", "arena_bytes", "weights_bytes")]
        rows.append([f"`invoke build --board {board}`", r["verdict"], *cells])
    return table(["command", "verdict", "flash B", "RAM B", "of it stacks B", "of it arena B", "weights B"], rows)


def recordings() -> str:
    rows = []
    for board in RUN_BOARDS:
        for signal in RECORDINGS:
            [r] = measure("run", "--board", board, "--signal", signal)
            rows.append(
                [
                    f"`invoke run --board {board} --signal {signal}`",
                    f"{r['class']}, truth {r['truth']}",
                    *(f"{r[key]:,}" for key in ("frames", "frames_lost", "overruns", "instructions")),
                    "yes" if r["exact"] else "no",
                ]
            )
    return table(["command", "class", "frames", "lost", "overruns", "worst instructions", "exact"], rows)


def inferences(models: str, boards: Sequence[str]) -> str:
    """One row per model and board. Estimated cycles: of the cores that have a model of them (docs/measuring.md)."""
    rows = [
        [
            r["model"],
            r["board"],
            *(f"{r[key]:,}" for key in ("macs", "instructions")),
            f"{r['instructions'] / r['macs']:.2f}",
            f"{r['estimated_cycles']:,}" if r.get("estimated_cycles") else "",
            *(f"{r[key]:,}" for key in ("arena_bytes", "weights_bytes", "runtime_flash_bytes")),
            "yes" if r["exact"] else "no",
        ]
        for r in measure("bench", "--models", models, "--board", ",".join(boards))
    ]
    head = ["model", "board", "MAC", "instructions", "per MAC", "estimated cycles", "arena B", "weights B", "code B", "exact"]
    return table(head, rows)


def long_run() -> str:
    [r] = measure(*LONG_RUN)
    cells = [f"{r[key]:,}" for key in ("frames", "frames_lost", "frames_duplicated", "overruns")]
    return table(
        ["command", "class", "frames", "lost", "duplicated", "overruns", "jitter µs"],
        [[f"`invoke {' '.join(LONG_RUN)}`", f"{r['class']}, truth {r['truth']}", *cells, f"{r['jitter_us']:g}"]],
    )


def settings() -> tuple[str, str]:
    """Compilers and simulator that the figures depend on."""
    runs = [measure("run", "--board", board, "--signal", "synthetic", "--frames", "20")[0] for board in RUN_BOARDS]
    version = re.match(r"QEMU emulator version [\d.]+", runs[0]["simulator"])
    return " and ".join(sorted({r["compiler"] for r in runs})), version[0] if version else runs[0]["simulator"]


def checked() -> dict[str, str]:
    """The tables that the test makes again, by heading."""
    return {"Images": images(), "Recordings": recordings(), "One inference of the bearing model": inferences("bearing", RUN_BOARDS)}


NOTES = {
    "Images": "The whole image of the bearing monitor: FreeRTOS, drivers, front end, model, stacks and both halves of the double buffer "
    "included. The goal for the chips is 48,128 B of flash and 32,768 B of RAM.",
    "Recordings": "One pass over a recording of each class. `exact`: features and logits of every frame equal, bit for bit, those of the "
    "NumPy twin of the front end and of the `tflite-micro` interpreter. Worst instructions: from the entry of the buffer-full interrupt "
    "to the write of the decision; the goal is 650,000 on `mps2_an505` and 1,300,000 on `qemu_rv32`. That these recordings are told "
    "right says little about another machine: see the scores in `models/bearing/model.yml`.",
    "One inference of the bearing model": "`invoke bench --models bearing --board mps2_an505,qemu_rv32`; `exact`: every output byte, for "
    "100 inputs on the host and 2 on the board, equals the interpreter's.",
    "The MLPerf Tiny reference models": f"`invoke bench --models mlperf_tiny --board {','.join(BENCH_BOARDS)}`: Cortex-M33, M4, M55 with "
    "Helium, and RV32IMAC. It needs the models under `STATOR_DATA`. The kernels are those that the compiler selects; estimated cycles are "
    "those of the core's cost model ([measuring.md](measuring.md)).",
    "A long run": "14 minutes of signal.",
}


def main() -> None:
    """Writes the page."""
    compilers, simulator = settings()
    tables = {**checked(), "The MLPerf Tiny reference models": inferences("mlperf_tiny", BENCH_BOARDS), "A long run": long_run()}
    parts = [f"## {heading}\n\n{NOTES[heading]}\n\n{content}" for heading, content in tables.items()]
    PAGE.write_text("\n".join([HEAD.format(compilers=compilers, simulator=simulator), *parts]), encoding="utf-8")


if __name__ == "__main__":
    main()
