"""verify: every layer of a model, as it is computed here and on the simulated board, against the reference interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.table import Table

from stator.board import load_board
from stator.fit import column_by_column, fitted
from stator.frontends import load
from stator.measure import onnx_steps
from stator.measure.inference import inputs_for, portable
from stator.measure.layers import (
    TOLERANCE,
    Compared,
    Difference,
    compare,
    expected,
    newest,
    on_board,
    on_this_machine,
    read_inputs,
    windows_of,
)
from stator.memory import plan
from stator.ops import Array
from stator.passes import optimise
from stator.paths import ROOT
from stator.schedule import Step, schedule
from stator.selection import selected
from stator.sim import qemu
from stator.spec import load_model_spec
from stator.verb import Results, console, status, verb

INPUTS = 5  # where no folder is given
SIMULATED_INPUTS = 2


@verb(
    help={
        "model": "a folder of models/ or a path to a .tflite or .onnx file",
        "board": "a folder of boards/ or a path to one",
        "inputs": "a folder of .npy or raw .bin files, one per input set (default: random, least, greatest and zero-point values)",
    },
    examples=("verify --model bearing --board mps2_an505", "verify --model path/to/any.tflite --board qemu_rv32 --inputs my/inputs"),
)
def verify(model: str, board: str, inputs: str = "") -> Results:
    """Compares every byte that every layer writes with what the tflite-micro interpreter computes, and names the first difference.

    Once with all passes off, layer by layer of the file; once as the model is shipped, where passes may have dropped channels: what
    is left must be equal. On this machine for all inputs, and on the board's simulator, where it has one, for the first two. A model of
    a window in time, a third time: column by column, as firmware runs it from the start on. For an
    operator that the interpreter does not take, Stator's own NumPy references stand in, and the oracle's name says so. A model that
    keeps a state is run input after input. Of an ONNX file the outputs are compared with onnxruntime's, in steps. Floats may
    differ by 2^-16 of the largest in their tensor, since no standard says what exp and tanh give in the last bit; the result says how
    far they did.
    """
    the_board, spec = load_board(board), load_model_spec(model)
    loaded = load(spec.path)
    bare = load_model_spec(spec.path)  # the model alone: no features, window and tasks
    sets = read_inputs(Path(inputs), loaded) if inputs else inputs_for(loaded, INPUTS)
    with status(f"{spec.name}: {len(sets)} inputs through the reference interpreter"):
        oracle, wanted = expected(spec.path, loaded, sets)
    simulator = the_board.simulator if the_board.simulator is not None and the_board.simulator.kind == "qemu" else None
    rows: list[tuple[str, int, int, Compared]] = []
    for passes, graph in ((False, loaded), (True, optimise(loaded))):
        how = "as shipped" if passes else "passes off"
        made = fitted(graph, the_board, bare, None) if passes else plan(schedule(graph, selected(the_board)), the_board, bare, None)
        places: list[tuple[str, int, Iterator[tuple[int, Step, int, Array]]]] = [
            (f"this machine, {how}", len(sets), on_this_machine(portable(made), sets))
        ]
        if simulator is not None:
            folder = ROOT / "build" / the_board.name / spec.name / ("bench" if passes else "verify")
            few = sets[:SIMULATED_INPUTS]
            places.append((f"{the_board.name}, {how}", len(few), on_board(the_board, spec.path, made, folder, few, passes=passes)))
        for where, count, values in places:
            with status(f"{spec.name}: {where}"):
                rows.append((where, len(made.schedule.steps), count, compare(where, made.schedule.graph, wanted, values)))
    if spec.window is not None:
        windows = windows_of(loaded, spec.window.frames, 2 * spec.window.frames)
        _, of_windows = expected(spec.path, loaded, windows)
        *larger, least = column_by_column(optimise(loaded), spec)
        for where, streams in (("column by column", least), *(("column by column, borders apart", one) for one in larger)):
            made = plan(schedule(streams), load_board("host"), bare, None)
            with status(f"{spec.name}: this machine, {where}"):
                values = on_this_machine(made, newest(streams, windows))
                compared = compare(f"this machine, {where}", streams, of_windows, values)
            rows.append((f"this machine, {where}", len(made.schedule.steps), len(windows), compared))
    results = [compared for *_, compared in rows]
    first = next((compared.difference for compared in results if compared.difference is not None), None)
    apart = max((compared.apart for compared in results if compared.apart is not None), default=None)
    onnx = onnx_steps.apart(spec.path, loaded, sets) if spec.path.suffix.lower() == ".onnx" else None
    if onnx is not None:
        oracle = f"{onnx_steps.name()} for the outputs; the layers: stator.ops (NumPy references)"
    _show(spec.name, oracle, rows, first)
    out: dict[str, object] = {
        "board": the_board.name,
        "model": spec.name,
        "exact": all(compared.exact for compared in results) and (onnx is None or onnx.steps == 0),
        "oracle": oracle,
        "compared_bytes": sum(compared.bytes for compared in results),
    }
    if apart is not None:
        out |= {"tolerance": TOLERANCE, "largest_error": apart}
    if first is not None:
        out["first_difference"] = first.fields()
    if simulator is not None:
        out["simulator"] = qemu.version(qemu.find(simulator))
    reasons = [] if first is None else [str(first)]
    if onnx is not None:
        said = (
            f"outputs are up to {onnx.steps} steps from onnxruntime's, {onnx.share:.1%} of them; {onnx.allowed} are allowed (docs/onnx.md)"
        )
        console.print(said, markup=False, highlight=False)
        out |= onnx.fields()
        reasons += [said] if onnx.steps > onnx.allowed else []
    return {**out, "verdict": "fail" if reasons else "pass", "reasons": reasons}


def _show(name: str, oracle: str, rows: list[tuple[str, int, int, Compared]], first: Difference | None) -> None:
    table = Table(title=f"{name}: every layer against {oracle}", title_justify="left")
    table.add_column("where")
    for column in ("layers", "inputs", "bytes compared"):
        table.add_column(column, justify="right")
    table.add_column("exact")
    for where, layers, inputs, compared in rows:
        said = "NO" if compared.difference else "yes" if compared.exact else f"floats to {compared.apart:.1e}"
        table.add_row(where, str(layers), str(inputs), f"{compared.bytes:,}", said)
    console.print(table)
    if any(compared.apart is not None for *_, compared in rows):
        console.print(f"floats: within {TOLERANCE:.1e} of the largest in their tensor; the last bit of exp and tanh is each machine's own")
    if first is not None:
        console.print(f"first difference: {first}", markup=False, highlight=False)
