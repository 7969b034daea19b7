"""bench --kernels: what one kernel takes by itself, variant by variant, on the layers of models."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch

from rich.table import Table

from stator.board import Board
from stator.compare import PER_LAYER
from stator.errors import ConfigError
from stator.kernels import Kernel, kernels
from stator.measure.dsp import by_set
from stator.measure.variants import Figure, by_variant
from stator.paths import ROOT
from stator.sim.dsp import ROUTINES
from stator.spec import ModelSpec, load_model_spec
from stator.verb import console, status

REMEDY = "a name of firmware/kernels with its types, such as conv2d_s8, a routine of firmware/dsp, or a pattern in quotes: 'conv2d*'"


def bench_kernels(models: Sequence[ModelSpec], boards: Sequence[Board], pattern: str) -> list[dict[str, object]]:
    """One result per variant of a kernel whose name fits the pattern, and board: what the models' layers take with it."""
    results: list[dict[str, object]] = []
    routines = [name for name in ROUTINES if name and _fits(pattern, name, name.removeprefix("stator_"))]
    if not routines and not any(_fits(pattern, *_names(kernel)) for kernel in kernels()):
        raise ConfigError(f"there is no kernel and no routine like '{pattern[:60]}'", remedy=REMEDY)
    for board in boards if routines else ():
        with status(f"the front end's routines on {board.name}"):
            spec = next((model for model in models if model.streams), load_model_spec("bearing"))
            taken = list(by_set(board, spec, ROOT / "build" / board.name / spec.name / "dsp", routines))
        results += [
            {"board": board.name, "kernel": f"{t.routine}__{t.isa}", **t.takes, "snr_db": t.snr_db, "verdict": "pass", "reasons": []}
            for t in taken
        ]
    for board in boards if not results else ():
        figures: dict[str, list[tuple[ModelSpec, Figure]]] = {}
        for spec in models:
            with status(f"{spec.name}: every variant on {board.name}"):
                for figure in by_variant(spec, board, ROOT / "build" / board.name / spec.name / "tune"):
                    if _fits(pattern, *_names(figure.kernel)):
                        figures.setdefault(figure.kernel.symbol, []).append((spec, figure))
        results += [_variant(board, symbol, figures[symbol]) for symbol in sorted(figures)]
    if not results:
        raise ConfigError(
            f"no layer of {', '.join(spec.name for spec in models)} has a kernel like '{pattern[:60]}'",
            remedy=REMEDY,
        )
    _show_variants(results)
    return results


def _names(kernel: Kernel) -> tuple[str, ...]:
    return kernel.kernel, kernel.name, kernel.symbol


def _fits(pattern: str, *names: str) -> bool:
    return any(fnmatch(name, pattern) for name in names)


def _variant(board: Board, symbol: str, figures: Sequence[tuple[ModelSpec, Figure]]) -> dict[str, object]:
    """Sums over the layers that the variant takes, and each of them."""
    taken = [figure for _, figure in figures]
    names = [name for name in PER_LAYER if all(name in figure.takes for figure in taken)]
    return {
        "board": board.name,
        "kernel": symbol,
        "macs": sum(figure.macs for figure in taken),
        **{name: sum(figure.takes[name] for figure in taken) for name in names},
        "code_bytes": taken[0].code_bytes,
        "exact": True,  # by_variant refuses anything else
        "layers": [
            {"model": spec.name, "name": f.signature, "op": f.op, "macs": f.macs, **f.takes, "bytes": f.table_bytes} for spec, f in figures
        ],
        "verdict": "pass",
        "reasons": [],
    }


def _show_variants(results: Sequence[dict[str, object]]) -> None:
    table = Table(title="each variant, summed up over the layers that it takes", title_justify="left")
    for name in ("board", "kernel"):
        table.add_column(name, overflow="fold")
    for name in ("layers", "MACs", "instructions", "per MAC", "cycles", "estimated", "code B", "SNR dB"):
        table.add_column(name, justify="right", no_wrap=True)
    for result in results:
        macs, counted = result.get("macs"), result["instructions"]
        per_mac = f"{counted / macs:.2f}" if isinstance(macs, int) and isinstance(counted, int) and macs else ""
        figures = [number(result.get(name)) for name in ("cycles", "estimated_cycles", "code_bytes")]
        figures.append(f"{result['snr_db']}" if "snr_db" in result else "exact")
        layers_ = len(result.get("layers", ()))  # type: ignore[arg-type]
        table.add_row(
            str(result["board"]),
            str(result["kernel"]).removeprefix("stator_"),
            str(layers_ or ""),
            number(macs),
            number(counted),
            per_mac,
            *figures,
        )
    console.print(table)


def number(value: object) -> str:
    """With commas; empty for what is no number."""
    return f"{value:,}" if isinstance(value, int) else ""
