"""Stator itself: it reads the model, plans it for the board, and predicts what each layer takes."""

from __future__ import annotations

from stator import __version__
from stator.board import Board
from stator.costs import MODEL, predicted
from stator.errors import StatorError
from stator.fit import fitted
from stator.frontends import Seen, Survey, load
from stator.ir import Graph
from stator.kernels import PORTABLE
from stator.passes import optimise
from stator.runtimes import Answer, Checked, Table
from stator.runtimes._remedies import remedy
from stator.schedule import Step, schedule
from stator.spec import ModelSpec, load_model_spec


def check(spec: ModelSpec, board: Board, survey: Survey, table: Table | None) -> Checked:
    """Every operator of the file. What the passes remove or merge away takes no instructions."""
    if not survey.taken:
        problem = survey.problem or next(seen.problem for seen in survey.seen if seen.problem is not None)
        missing = sum(seen.problem is not None for seen in survey.seen)
        whole = [str(survey.problem).splitlines()[0]] if survey.problem is not None else []
        why = (*whole, *([f"{missing} of {len(survey.seen)} operators are not taken; the first: {problem.what}"] if missing else ()))
        return Checked("stator", __version__, True, tuple(_refused(seen) for seen in survey.seen), why)
    graph = optimise(load(spec.path))
    reasons: list[str] = []
    more: dict[str, object] = {"cost_model": MODEL}
    try:
        planned = fitted(graph, board, load_model_spec(spec.path), None)
        made = planned.schedule
        more |= {"arena_bytes": planned.arena_bytes, "arena_bound_bytes": planned.arena_bound_bytes}
    except StatorError as error:
        made, reasons = schedule(graph, board.kernels), str(error).splitlines()
    more |= {"macs": made.macs, "weights_bytes": made.weights_bytes}
    steps: dict[int, list[Step]] = {}
    for step in made.steps:  # several of one operator where it is computed in strips
        steps.setdefault(step.node.index, []).append(step)
    ours = spec.path.suffix.lower() == ".onnx"
    operators = tuple(_taken(seen, made.graph, steps.get(seen.node, []), board, ours) for seen in survey.seen)
    if all(answer.instructions is not None for answer in operators):
        more["instructions_predicted"] = sum(answer.instructions or 0 for answer in operators)
    if ours:
        more["note"] = "exact: no, where onnxruntime rounds in float; docs/onnx.md says how far apart"
    return Checked("stator", __version__, True, operators, tuple(reasons), more=more)


def _refused(seen: Seen) -> Answer:
    taken = seen.problem is None
    return Answer(seen.node, seen.op, taken, taken, None if taken else False, remedy="" if taken else remedy(seen))


def _taken(seen: Seen, graph: Graph, steps: list[Step], board: Board, from_onnx: bool) -> Answer:
    """`from_onnx`: the oracle is onnxruntime, whose bytes only layers that compute nothing have for certain."""
    if not steps:
        return Answer(seen.node, seen.op, True, True, False, 0, 0)
    counts = [predicted(graph, step, board.isa)[0] for step in steps]
    size = sum(constant.bytes for step in steps for constant in step.call.constants)
    exact = not from_onnx or all(step.kernel.kernel.startswith("copy") for step in steps)
    accelerated = any(step.kernel.isa not in PORTABLE for step in steps)
    instructions = None if None in counts else sum(count or 0 for count in counts)
    return Answer(seen.node, seen.op, True, exact, accelerated, instructions, size)
