"""compile: a model becomes C, a header and a memory plan."""

from __future__ import annotations

import contextlib
from pathlib import Path

from rich.table import Table

from stator.board import load_board
from stator.emit import emit, layers, write
from stator.files import write_bytes
from stator.fit import fitted
from stator.frontends import load, read
from stator.memory import MemoryPlan, load_tasks
from stator.passes import optimise
from stator.paths import ROOT
from stator.ptq import quantized
from stator.schedule import macs
from stator.selection import DEFAULT, known_optimize
from stator.spec import load_model_spec
from stator.timing.rules import refuse_late, refuse_priorities
from stator.verb import Results, console, status, verb
from stator.yamlfile import shown


@verb(
    help={
        "model": "a folder of models/ or a path to a .tflite, .onnx or .keras file",
        "board": "a folder of boards/ or a path to one",
        "out": "where to write (default build/<board>/<model>/generated)",
        "optimize": "speed, size or balanced: what a byte of flash is worth when kernels are chosen",
        "calibrate": "for a float model: a folder of .npy files, each an input or a batch of them",
    },
    examples=("compile --model bearing --board nrf5340", "compile --model path/to/any.tflite --board nrf5340 --out /tmp/generated"),
)
def compile(model: str, board: str, out: str = "", calibrate: str = "", optimize: str = DEFAULT) -> Results:
    """Turns MODEL into C, a header and a memory plan for BOARD.

    With --calibrate a float model is quantized to INT8 first; the quantized file is written beside the folder of the C, so that
    `verify`, `check` and `bench` can take it.
    """
    the_board, spec = load_board(board), load_model_spec(model)
    kernels = known_optimize(optimize)
    refuse_priorities(the_board)
    folder = Path(out) if out else ROOT / "build" / the_board.name / spec.name / "generated"
    with status(f"{spec.name}: quantizing") if calibrate else contextlib.nullcontext():
        made_int8 = quantized(spec.path, Path(calibrate)) if calibrate else None
    loaded = load(spec.path) if made_int8 is None else read(*made_int8, spec.name)
    tasks = load_tasks() if spec.streams else None
    made = fitted(optimise(loaded), the_board, spec, tasks, kernels)
    refuse_late(made)
    write(emit(made), folder)
    show(made)
    console.print(f"written to {shown(folder)}", markup=False, highlight=False)
    fields = {**results(made), "macs_removed": macs(loaded) - made.schedule.macs, "out": str(folder)}
    if made_int8 is not None:
        file = folder.resolve().parent / f"{spec.name}_int8{made_int8[1]}"
        write_bytes(file, made_int8[0])
        console.print(f"the quantized model: {shown(file)}", markup=False, highlight=False)
        fields["quantized"] = str(file)
    return fields


def results(made: MemoryPlan) -> dict[str, object]:
    """The fields of the contract that a plan answers, and the verdict."""
    budget = made.spec.budgets.arena_bytes
    reasons = [f"arena_bytes {made.arena_bytes:,} B, budget {budget:,} B"] if budget is not None and made.arena_bytes > budget else []
    out: dict[str, object] = {
        "board": made.board.name,
        "model": made.spec.name,
        "arena_bytes": made.arena_bytes,
        "arena_bound_bytes": made.arena_bound_bytes,
        "weights_bytes": made.schedule.weights_bytes,
        "macs": made.schedule.macs,
        "clock_hz": made.board.clock_hz,
        "layers": layers(made),
        "verdict": "fail" if reasons else "pass",
        "reasons": reasons,
    }
    if made.sampling is not None:
        out["sample_hz"] = float(made.sampling.hz)
        out["sample_error_ppm"] = round(made.sampling.error_ppm, 3)
    return out


def show(made: MemoryPlan) -> None:
    """Prints layers, memory and sampling as tables."""
    schedule_ = made.schedule
    table = Table(title=f"{made.spec.name} on {made.board.name}: {len(schedule_.steps)} layers", title_justify="left")
    for name in ("", "op", "kernel"):
        table.add_column(name)
    for name in ("MACs", "weights B", "out B", "at"):
        table.add_column(name, justify="right")
    for step, facts in zip(schedule_.steps, layers(made), strict=True):
        output = step.call.outputs[0]
        size = schedule_.graph.tensors[output].type.bytes
        row = (step.index, facts["op"], facts["kernel"], f"{step.macs:,}", f"{facts['bytes']:,}", f"{size:,}", made.offset(output))
        table.add_row(*(str(cell) for cell in row))
    table.add_section()
    table.add_row("", "whole", "", f"{schedule_.macs:,}", f"{schedule_.weights_bytes:,}", "", "")
    console.print(table)
    console.print(_memory(made))
    bound = "which is the least" if made.arena_bytes == made.arena_bound_bytes else f"at least {made.arena_bound_bytes:,} B"
    console.print(f"arena {made.arena_bytes:,} B, {bound} for this order of layers", highlight=False)
    if len(made.banks) > 1:
        console.print("it lies in " + ", ".join(f"{bank.region} {bank.bytes:,} B" for bank in made.banks), highlight=False)
    if made.lent is not None:
        console.print("the model reads the halves of the DMA's double buffer in place: no sample is copied", highlight=False)
    if made.sampling is not None:
        s = made.sampling
        each = "half of 1,024 samples" if s.block else "sample"
        rate = f"{float(s.hz):,.3f} Hz, {s.error_ppm:+.1f} ppm from {s.target_hz:,} Hz"
        console.print(f"sampling {s.clock_hz:,} Hz / {s.divider:,} per {each}: {rate}", highlight=False)


def _memory(made: MemoryPlan) -> Table:
    table = Table(title="memory plan", title_justify="left")
    for name in ("region", "what"):
        table.add_column(name)
    for name in ("address", "bytes"):
        table.add_column(name, justify="right")
    for name, region in made.board.memory.items():
        if region.kind == "flash":
            table.add_row(name, "weights; code comes on top", f"{region.at:#010x}", f"{made.schedule.weights_bytes:,}")
            table.add_row("", "of", "", f"{region.bytes:,}", end_section=True)
            continue
        items = [item for item in made.items if item.region == name]
        for item in items:
            table.add_row(name if item is items[0] else "", item.need.what, f"{item.address:#010x}", f"{item.need.bytes:,}")
        table.add_row("" if items else name, "left for .data and .bss", "", f"{made.free_bytes(name):,}")
        table.add_row("", "of", "", f"{region.bytes:,}", end_section=True)
    return table
