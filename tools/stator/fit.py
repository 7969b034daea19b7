"""From an optimised graph to a memory plan that fits: layer by layer where that fits, else with the first layers in strips."""

from __future__ import annotations

from stator.board import Board
from stator.errors import ConfigError, DoesNotFit
from stator.ir import Graph
from stator.memory import MemoryPlan, Tasks, arena_bound, plan
from stator.memory.in_place import lent
from stator.memory.plan import UNPLANNED_BYTES
from stator.passes.patches import choices
from stator.passes.stream import cost, streamed
from stator.passes.verify import verify
from stator.schedule import Schedule, macs, schedule
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
    selection = selected(board, kernels)
    half = lent(graph, board, spec) if tasks is not None and spec.takes_samples else None
    if tasks is not None and spec.window is not None and half is None:
        *larger, graph = column_by_column(graph, spec)
        for other in larger:
            found = _with_room(schedule(other, selection), board, spec, tasks)
            if found is not None:
                return found
    try:
        whole = plan(schedule(graph, selection, half), board, spec, tasks)
    except DoesNotFit as refusal:
        found = _in_strips(graph, selection, board, spec, tasks, None)
        if found is None:
            raise refusal from None
        return found
    budget = spec.budgets.arena_bytes
    if budget is None or whole.arena_bytes <= budget:
        return whole
    return _in_strips(graph, selection, board, spec, tasks, budget) or whole


def column_by_column(graph: Graph, spec: ModelSpec) -> tuple[Graph, ...]:
    """The model as firmware runs it: in the least memory, and before that, where it takes less work, with the layers too that see the
    window's border. Raises ConfigError where the model's input is not the window of its model.yml.
    """
    window = spec.window
    assert window is not None
    given = graph.tensors[graph.inputs[0]].type
    if len(graph.inputs) != 1 or given.elements != window.frames * window.columns:
        raise ConfigError(
            f"{shown(spec.folder / 'model.yml')}: window: {window.frames} frames of {window.columns} columns, "
            f"and {spec.file} takes {list(given.shape)}",
            remedy="make window what the model was trained with, or train it again",
        )
    made = [streamed(graph, window.frames, borders=borders) for borders in (True, False)]
    for one in made:
        verify(one)
    return tuple(made if cost(made[0]) < cost(made[1]) else made[1:])


def _with_room(planned: Schedule, board: Board, spec: ModelSpec, tasks: Tasks) -> MemoryPlan | None:
    """The plan, if it keeps to the model's budgets and leaves room for all that is not planned: firmware has a copy of the state there."""
    try:
        made = plan(planned, board, spec, tasks)
    except DoesNotFit:
        return None
    state = sum(planned.buffers[i].bytes for i in {planned.buffer_of[v.index] for v in planned.graph.variables()})
    unplanned = next(name for name, region in board.memory.items() if region.kind == "ram")
    arena, ram = spec.budgets.arena_bytes, spec.budgets.sram_bytes
    if arena is not None and made.arena_bytes > arena:
        return None
    if ram is not None and sum(item.need.bytes for item in made.items) + state > ram:
        return None
    return made if made.free_bytes(unplanned) >= state + UNPLANNED_BYTES else None


def _in_strips(
    graph: Graph, selection: Selection, board: Board, spec: ModelSpec, tasks: Tasks | None, budget: int | None
) -> MemoryPlan | None:
    room = sum(region.bytes for region in board.memory.values() if region.kind == "ram")
    for cut in sorted(choices(graph), key=macs):
        planned = schedule(cut, selection, lent(cut, board, spec) if tasks is not None and spec.takes_samples else None)
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
