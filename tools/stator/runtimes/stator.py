"""Stator itself: it reads the model, plans it for the board, and predicts what each layer takes."""

from __future__ import annotations

from stator import __version__
from stator.board import Board
from stator.costs import MODEL, predicted
from stator.errors import StatorError
from stator.frontends import Seen, Survey, load
from stator.ir import Graph
from stator.kernels import PORTABLE
from stator.memory import plan
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
    made = schedule(graph, board.kernels)
    steps = {step.node.index: step for step in made.steps}
    operators = tuple(_taken(seen, graph, steps.get(seen.node), board) for seen in survey.seen)
    more: dict[str, object] = {"macs": made.macs, "weights_bytes": made.weights_bytes, "cost_model": MODEL}
    if all(answer.instructions is not None for answer in operators):
        more["instructions_predicted"] = sum(answer.instructions or 0 for answer in operators)
    reasons: list[str] = []
    try:
        planned = plan(made, board, load_model_spec(spec.path), None)
        more |= {"arena_bytes": planned.arena_bytes, "arena_bound_bytes": planned.arena_bound_bytes}
    except StatorError as error:
        reasons = str(error).splitlines()
    return Checked("stator", __version__, True, operators, tuple(reasons), more=more)


def _refused(seen: Seen) -> Answer:
    taken = seen.problem is None
    return Answer(seen.node, seen.op, taken, taken, None if taken else False, remedy="" if taken else remedy(seen))


def _taken(seen: Seen, graph: Graph, step: Step | None, board: Board) -> Answer:
    if step is None:
        return Answer(seen.node, seen.op, True, True, False, 0, 0)
    instructions, _ = predicted(graph, step, board.isa)
    size = sum(constant.bytes for constant in step.call.constants)
    return Answer(seen.node, seen.op, True, True, step.kernel.isa not in PORTABLE, instructions, size)
