"""Arm Ethos-U: Vela compiles the model, and what it left to the CPU is what the NPU does not take."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from stator import vela
from stator.board import Board
from stator.errors import ModelError, StatorError
from stator.frontends import Survey, load
from stator.frontends import survey as look
from stator.runtimes import Answer, Checked, Exported, Table, by_table
from stator.spec import ModelSpec


def check(spec: ModelSpec, board: Board, survey: Survey, table: Table | None) -> Checked:
    """Really asks Vela; its table answers where Vela is not installed or the model is no .tflite file."""
    assert table is not None
    answer = by_table(table, board, survey)
    if spec.path.suffix != ".tflite":
        return replace(answer, more={"note": "by the table: Vela reads .tflite files"})
    try:
        done = vela.compiled(spec.path)
        with tempfile.TemporaryDirectory(prefix="stator-vela-") as scratch:
            file = Path(scratch) / "compiled.tflite"
            file.write_bytes(done.model)
            left = Counter(seen.op for seen in look(file).seen)
            on_cpu = {(seen.op, seen.output) for seen in look(file).seen}
    except StatorError as error:
        return replace(answer, more={"note": f"by the table: {error.what}"})
    pairs = zip(answer.operators, survey.seen, strict=True)
    operators = tuple(_asked(answered, (seen.op, seen.output) in on_cpu) for answered, seen in pairs)
    graphs, cpu = left.get("CUSTOM(ethos-u)", 0), sum(op.accelerated is False for op in operators)
    more: dict[str, object] = {
        "estimated_cycles": done.cycles,
        "cost_model": f"Vela {done.version}, {done.settings}",
        "arena_bytes": done.sram_bytes,
        "weights_bytes": done.flash_bytes,
        "note": f"compiled by Vela {done.version}: {graphs} parts for the NPU, {cpu} operators on the CPU",
    }
    return replace(answer, version=f"Vela {done.version}", operators=operators, more=more)


def _asked(answer: Answer, on_cpu: bool) -> Answer:
    """What Vela did with an operator; one that it left to the CPU runs where TensorFlow Lite Micro has it."""
    if not on_cpu:
        return replace(answer, supported=True, accelerated=True, remedy="")
    return replace(
        answer, supported=None, exact=None, accelerated=False, remedy="on the CPU: TensorFlow Lite Micro must have a kernel for it"
    )


def export(spec: ModelSpec) -> Exported:
    """The .tflite file that TensorFlow Lite Micro runs with the Ethos-U kernel. Raises ModelError or ToolError."""
    if spec.path.suffix.lower() != ".tflite":
        raise ModelError(f"model '{spec.name}': Vela reads .tflite files", remedy="compile --calibrate DIR writes one")
    load(spec.path)  # Vela is written for files that are whole
    done = vela.compiled(spec.path)
    name = f"{spec.c_name}_vela.tflite"
    with tempfile.TemporaryDirectory(prefix="stator-vela-") as scratch:
        file = Path(scratch) / name
        file.write_bytes(done.model)
        left = Counter(seen.op for seen in look(file).seen)
    parts = left.pop("CUSTOM(ethos-u)", 0)
    problems = () if parts else ("Vela placed nothing on the NPU",)
    more: dict[str, object] = {
        "arena_bytes": done.sram_bytes,
        "weights_bytes": done.flash_bytes,
        "estimated_cycles": done.cycles,
        "cost_model": f"Vela {done.version}, {done.settings}",
        "note": f"{parts} parts for the NPU; on the CPU: {', '.join(sorted(left)) or 'nothing'}",
    }
    return Exported({name: done.model}, more, problems)
