"""From an optimised graph to a memory plan that fits: layer by layer where that fits, else with the first layers in strips."""

from __future__ import annotations

from stator.board import Board
from stator.errors import ConfigError, DoesNotFit
from stator.ir import Graph
from stator.memory import MemoryPlan, Tasks, arena_bound, plan
from stator.passes.patches import choices
from stator.passes.stream import streamed
from stator.passes.verify import verify
from stator.schedule import macs, schedule
from stator.selection import DEFAULT, Selection, selected
from stator.spec import ModelSpec
from stator.yamlfile import shown


def fitted(graph: Graph, board: Board, spec: ModelSpec, tasks: Tasks | None, kernels: str = DEFAULT) -> MemoryPlan:
    """Places the model in the regions of `board`; with tasks, that is in firmware, as it runs column by column. `kernels`: how they are
    chosen, by a name of stator.selection.

    Strips cost work, since rows between two of them are computed twice: they are only cut where the board's memory or the model's
    arena budget asks for it, and of all that fit those with the least work are taken. Raises DoesNotFit as `plan` does for the
    model layer by layer, where no strips fit either.
    """
    if tasks is not None and spec.window is not None:
        graph = column_by_column(graph, spec)
    selection = selected(board, kernels)
    try:
        whole = plan(schedule(graph, selection), board, spec, tasks)
    except DoesNotFit as refusal:
        found = _in_strips(graph, selection, board, spec, tasks, None)
        if found is None:
            raise refusal from None
        return found
    budget = spec.budgets.arena_bytes
    if budget is None or whole.arena_bytes <= budget:
        return whole
    return _in_strips(graph, selection, board, spec, tasks, budget) or whole


def column_by_column(graph: Graph, spec: ModelSpec) -> Graph:
    """The model as firmware runs it. Raises ConfigError where its input is not the window of its model.yml."""
    window = spec.window
    assert window is not None
    given = graph.tensors[graph.inputs[0]].type
    if len(graph.inputs) != 1 or given.elements != window.frames * window.columns:
        raise ConfigError(
            f"{shown(spec.folder / 'model.yml')}: window: {window.frames} frames of {window.columns} columns, "
            f"and {spec.file} takes {list(given.shape)}",
            remedy="make window what the model was trained with, or train it again",
        )
    made = streamed(graph, window.frames)
    verify(made)
    return made


def _in_strips(
    graph: Graph, selection: Selection, board: Board, spec: ModelSpec, tasks: Tasks | None, budget: int | None
) -> MemoryPlan | None:
    room = sum(region.bytes for region in board.memory.values() if region.kind == "ram")
    for cut in sorted(choices(graph), key=macs):
        planned = schedule(cut, selection)
        if arena_bound(planned) > min(room, budget or room):
            continue
        try:
            made = plan(planned, board, spec, tasks)
        except DoesNotFit:
            continue
        if budget is None or made.arena_bytes <= budget:
            verify(cut)
            return made
    return None
