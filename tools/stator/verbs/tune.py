"""tune: which variant of its kernel is the fastest for each layer, measured on the board's simulator and kept for the compiler."""

from __future__ import annotations

from rich.table import Table

from stator import tuned
from stator.board import load_board
from stator.build import toolchain
from stator.errors import ConfigError
from stator.measure.variants import Figure, by_variant
from stator.models import specs
from stator.paths import ROOT
from stator.sim import simulator
from stator.spec import ModelSpec
from stator.verb import Results, console, status, verb
from stator.yamlfile import shown

COUNTS = ("cycles", "estimated_cycles", "instructions")
"""What decides: the first that the board gives."""


@verb(
    help={
        "model": "a folder of models/, a path to a .tflite file, or mlperf_tiny; several are separated by commas",
        "board": "a folder of boards/ or a path to one, with a simulator",
    },
    examples=("tune --model bearing --board mps2_an505", "tune --model mlperf_tiny --board mps2_an386"),
)
def tune(model: str, board: str) -> Results:
    """Runs MODEL on BOARD's simulator with every variant that takes each layer, and writes what they took to the table of the board's core.

    The compiler chooses by that table, for every board with the core, and for every layer of the same sizes. It is a file of the source
    tree (tools/stator/tuned/), to be committed: the same checkout gives the same image. Outputs must be right with every variant.
    """
    the_board = load_board(board)
    if not simulator.has_one(the_board):
        raise ConfigError(f"board '{the_board.name}' has no simulator to measure on", remedy="a board with the same core that has one")
    results: list[dict[str, object]] = []
    for spec in specs(model):
        with status(f"{spec.name}: every variant on {the_board.name}"):
            figures = list(by_variant(spec, the_board, ROOT / "build" / the_board.name / spec.name / "tune"))
        counts = next(name for name in COUNTS if all(name in figure.takes for figure in figures))
        table = tuned.table(the_board)
        if table.layers and table.counts != counts:
            raise ConfigError(
                f"{shown(tuned.file(the_board))} counts {table.counts}, and board '{the_board.name}' gives {counts}",
                remedy=f"the board that it was measured on ({table.measured}), or remove the file and measure all models anew",
            )
        layers: dict[str, dict[str, int]] = {}
        for figure in figures:
            of_layer = layers.setdefault(figure.signature, {})
            of_layer[figure.kernel.name] = max(figure.takes[counts], of_layer.get(figure.kernel.name, 0))
        made = tuned.Table(
            counts=counts,
            measured=f"{the_board.name}, {toolchain(the_board)}",
            code_bytes={**table.code_bytes, **{figure.kernel.name: figure.code_bytes for figure in figures}},
            layers={**table.layers, **layers},
        )
        file = tuned.write(the_board, made)
        _show(spec, the_board.name, counts, figures)
        console.print(f"written to {shown(file)}", markup=False, highlight=False)
        results.append(_fields(spec, the_board.name, figures) | {"out": str(file)})
    return results


def _fields(spec: ModelSpec, board: str, figures: list[Figure]) -> dict[str, object]:
    layers: dict[int, dict[str, object]] = {}
    for figure in figures:
        layer = layers.setdefault(figure.layer, {"name": figure.signature, "op": figure.op, "macs": figure.macs, "variants": []})
        one = {"kernel": figure.kernel.symbol, **figure.takes, "bytes": figure.table_bytes}
        layer["variants"] = [*layer["variants"], one]  # type: ignore[misc]
    return {"board": board, "model": spec.name, "layers": list(layers.values()), "verdict": "pass", "reasons": []}


def _show(spec: ModelSpec, board: str, counts: str, figures: list[Figure]) -> None:
    table = Table(title=f"{spec.name} on {board}: {counts.replace('_', ' ')} of each variant", title_justify="left")
    for name in ("", "op", "variant"):
        table.add_column(name)
    for name in ("takes", "tables B", "code B"):
        table.add_column(name, justify="right")
    for layer in sorted({figure.layer for figure in figures}):
        of_layer = sorted((f for f in figures if f.layer == layer), key=lambda f: f.takes[counts])
        for i, figure in enumerate(of_layer):
            row = (str(layer), figure.op) if i == 0 else ("", "")
            sizes = (f"{figure.takes[counts]:,}", f"{figure.table_bytes:,}", f"{figure.code_bytes:,}")
            table.add_row(*row, figure.kernel.name, *sizes, end_section=i + 1 == len(of_layer))
    console.print(table)
