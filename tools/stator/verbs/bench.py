"""bench: what one inference costs, per model and board, and whether it is exact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from stator import compare as compared_
from stator import revision
from stator.board import Board, boards_that, load_board
from stator.build import build, toolchain
from stator.data import load_halves
from stator.emit import layers
from stator.errors import ConfigError, StatorError
from stator.fit import fitted
from stator.frontends import load
from stator.measure import Check, Verdict, sizes
from stator.measure.inference import (
    HOST_INPUTS,
    SIMULATED_INPUTS,
    Arrays,
    Exactness,
    compared,
    expected_outputs,
    host_outputs,
    inputs_for,
    kernel_names,
    on_board,
    portable,
)
from stator.measure.replay import stages
from stator.memory import MemoryPlan
from stator.models import specs, words
from stator.passes import optimise
from stator.paths import ROOT
from stator.schedule import schedule
from stator.selection import DEFAULT, WORTH, selected
from stator.sim import simulator
from stator.sim.run import replay
from stator.spec import ModelSpec, load_model_spec
from stator.verb import Results, console, status, verb, write_json
from stator.verbs._bench_kernels import bench_kernels, number

FRAMES = 24


@verb(
    help={
        "models": "names of models/, paths to .tflite files, or mlperf_tiny (the benchmark's reference models), separated by commas",
        "board": "boards, separated by commas (default: all of them for a model that has firmware, else those that a simulator runs)",
        "kernel_set": "other kernels than the compiler selects: an ISA tag of the board (v7em, c, ref), or speed, balanced, size",
        "kernels": "kernels by themselves, such as 'conv2d*': every variant, on the models' layers; or the front end's routines: '*fft'",
        "compare": "two of: a kernel set, a JSON file of an earlier bench, a revision of git; separated by a comma",
    },
    examples=(
        "bench",
        "bench --models mlperf_tiny",
        "bench --models bearing --board mps2_an505,gd32vf103",
        "bench --models path/to/any.tflite",
        "bench --models mlperf_tiny --board mps2_an505 --kernel-set c",
        "bench --models mlperf_tiny --board mps2_an505 --kernels 'depthwise*'",
        "bench --models mlperf_tiny --board mps2_an505 --compare HEAD~1,balanced",
    ),
)
def bench(models: str = "bearing", board: str = "", kernel_set: str = "", kernels: str = "", compare: str = "") -> Results:
    """Measures one inference of each model on each board: instructions, memory, flash, and exactness against tflite-micro.

    The generated C runs on this machine for 100 inputs and, in a bare-metal image with nothing beside it, on the simulated board for
    2; all outputs are compared byte for byte. For a model with a model.yml also the whole firmware: its sizes, and the instructions
    from a full half to the decision.

    --kernels gives one result per variant instead, and --compare the table that belongs in a commit message.
    """
    if sum(map(bool, (kernel_set, kernels, compare))) > 1:
        raise ConfigError("--kernel-set, --kernels and --compare do not go together", remedy="one of them")
    if kernels:
        boards = [load_board(name) for name in words(board) or boards_that(_simulated)]
        return bench_kernels(specs(models), boards, kernels)
    if compare:
        return bench_compare(models, board, words(compare))
    results = measure(models, board, kernel_set or DEFAULT)
    _show(results)
    return results


def measure(models: str, board: str, kernels: str) -> list[dict[str, object]]:
    """A result per model and board, with kernels chosen as `kernels` names it (stator.selection)."""
    named = [load_board(name) for name in words(board)]
    results: list[dict[str, object]] = []
    for spec in specs(models):
        host = _Host(spec)
        boards = named or [load_board(name) for name in boards_that(_any if spec.streams else _simulated)]
        for one in boards:
            selected(one, kernels)
        results += [_one(spec, one, host, kernels) for one in boards]
    return results


def bench_compare(models: str, board: str, sides: Sequence[str]) -> Results:
    """Benches what is no file, prints the table, and returns the results of the second side with what the first had."""
    if len(sides) != 2:
        raise ConfigError(f"--compare takes two, not {len(sides)}", remedy="--compare A,B: kernel sets, JSON files or revisions of git")
    before, after = (_side(models, board, side) for side in sides)
    both = compared_.pairs(before, after)
    console.print(compared_.text((_named(sides[0]), _named(sides[1])), both), markup=False, highlight=False, soft_wrap=True)
    return [{**new, "compared": list(sides), "before": {name: old[name] for name in compared_.FIGURES if name in old}} for old, new in both]


def _side(models: str, board: str, side: str) -> Sequence[compared_.Result]:
    if Path(side).suffix == ".json":
        return compared_.read(Path(side))
    tags = {tag for name in words(board) or boards_that(_simulated) for tag in load_board(name).kernels}
    if side in WORTH or side in tags or side == "ref":
        return measure(models, board, side)
    return revision.bench(side, models, board)


def _named(side: str) -> str:
    return Path(side).stem if side.endswith(".json") else side


def _simulated(board: Board) -> bool:
    """On what is measured unless boards are named: not on RTL, which takes minutes."""
    return board.simulator is not None and board.simulator.kind == "qemu"


def _any(board: Board) -> bool:
    return True


class _Host:
    """A model's outputs on this machine: the interpreter's once, the generated C's once per choice of kernels."""

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._oracle: tuple[str, list[tuple[bytes, ...]]] | None = None
        self._generated: dict[tuple[str, ...], list[tuple[bytes, ...]]] = {}

    def outputs(self, made: MemoryPlan, sets: Sequence[Arrays]) -> tuple[str, list[tuple[bytes, ...]], list[tuple[bytes, ...]]]:
        """Name of the oracle, its outputs, and those of the generated C, for every input set."""
        here = portable(made)
        kernels = kernel_names(here)
        if self._oracle is None or kernels not in self._generated:
            with status(f"{self._spec.name}: {len(sets)} inputs through the reference interpreter and the generated C"):
                self._oracle = self._oracle or expected_outputs(self._spec.path, made.schedule.graph, sets)
                self._generated[kernels] = host_outputs(here, sets)
        return *self._oracle, self._generated[kernels]


def _one(spec: ModelSpec, board: Board, host: _Host, kernels: str) -> dict[str, object]:
    """One result. What Stator cannot do with the model becomes reasons, so that the other models are still measured."""
    try:
        return _measured(spec, board, host, kernels)
    except StatorError as error:
        return {"board": board.name, "model": spec.name, "verdict": "fail", "reasons": str(error).splitlines()}


def _measured(spec: ModelSpec, board: Board, host: _Host, kernels: str) -> dict[str, object]:
    loaded = load(spec.path)
    graph = optimise(loaded)
    bare = load_model_spec(spec.path)  # the model alone: no features, window and tasks
    made = fitted(graph, board, bare, None, kernels)
    sets = inputs_for(graph, HOST_INPUTS)
    oracle, expected, generated = host.outputs(made, sets)
    exact = compared(oracle, "this machine", expected, generated)
    per_layer = layers(made)
    result: dict[str, object] = {
        "board": board.name,
        "model": spec.name,
        "kernel_set": kernels,
        "macs": made.schedule.macs,
        "macs_removed": schedule(loaded).macs - made.schedule.macs,
        "arena_bytes": made.arena_bytes,
        "arena_bound_bytes": made.arena_bound_bytes,
        "weights_bytes": made.schedule.weights_bytes,
        "clock_hz": board.clock_hz,
        "compiler": toolchain(board) if board.isa != "host" else "",
    }
    problems = list(exact.problems)
    own = kernels == DEFAULT  # as shipped
    build_dir = ROOT / "build" / board.name / spec.name / ("bench" if own else f"bench_{kernels}")
    if simulator.has_one(board):
        with status(f"{spec.name}: building and running on {board.name}"):
            cost, outputs = on_board(board, spec.path, made, build_dir, sets[:SIMULATED_INPUTS])
        there = compared(oracle, board.name, expected[:SIMULATED_INPUTS], outputs)
        exact = Exactness(oracle, exact.compared_bytes + there.compared_bytes, exact.problems + there.problems)
        problems = list(exact.problems)
        per_layer = [{**facts, "instructions": n} for facts, n in zip(per_layer, cost.layers, strict=True)]
        if cost.cycles is not None:
            per_layer = [{**facts, "cycles": n} for facts, n in zip(per_layer, cost.layer_cycles, strict=True)]
            result["cycles"] = cost.cycles
        if cost.estimated_cycles is not None:
            per_layer = [{**facts, "estimated_cycles": n} for facts, n in zip(per_layer, cost.layer_estimates, strict=True)]
            result |= {"estimated_cycles": cost.estimated_cycles, "cost_model": cost.cost_model}
        assert board.simulator is not None
        result |= {
            "instructions": cost.instructions,
            "arena_bytes": made.arena_bytes + cost.static_bytes,
            "runtime_flash_bytes": cost.runtime_flash_bytes,
            "icount_shift": board.simulator.icount_shift,
            "simulator": cost.simulator,
        }
    budgets = spec.budgets
    checks = [Check("arena", float(str(result["arena_bytes"])), budgets.arena_bytes, "B")]
    if own and spec.streams and board.isa != "host":
        try:
            fields, more = _firmware(spec, board)
            result |= fields
            checks += more
        except StatorError as error:
            problems += str(error).splitlines()
    verdict = Verdict(tuple(checks), tuple(problems))
    result |= {
        "exact": exact.exact,
        "oracle": exact.oracle,
        "compared_bytes": exact.compared_bytes,
        "kernels": list(kernel_names(made)),
        "layers": per_layer,
        **verdict.fields(),
    }
    if own and build_dir.is_dir():
        write_json(build_dir / "result.json", result | {"sha256": graph.sha256})  # for the report
    return result


def _firmware(spec: ModelSpec, board: Board) -> tuple[dict[str, object], list[Check]]:
    """The whole monitor image: its sizes, and where a simulator is at hand the instructions from full half to decision."""
    image = build(board, spec)
    whole, budgets = sizes(image.elf), spec.budgets
    fields: dict[str, object] = {"flash_bytes": whole.flash_bytes, "sram_bytes": whole.sram_bytes, "stack_bytes": whole.stack_bytes}
    checks = [
        Check("flash of the whole image", whole.flash_bytes, budgets.flash_bytes, "B"),
        Check("RAM of the whole image", whole.sram_bytes, budgets.sram_bytes, "B"),
    ]
    if simulator.has_one(board) and spec.input is not None:
        frames = load_halves("synthetic", spec.input)[:FRAMES]
        done = replay(board, image.elf, frames, FRAMES)
        if done.instructions is not None:
            fields["frame_cycles"] = cycles = stages(done.telemetry.records, board)[-1].worst
            checks.append(Check("full half to decision, worst", cycles, budgets.cycles.get(board.name), "cycles"))
        fields["frame_instructions"] = worst = stages(done.instructions or done.telemetry.records, board)[-1].worst
        checks.append(Check("full half to decision, worst", worst, budgets.instructions.get(board.name), "instructions"))
    return fields, checks


_COLUMNS = {
    "macs": "MACs",
    "macs_removed": "removed",
    "instructions": "instructions",
    "cycles": "cycles",
    "estimated_cycles": "estimated",
    "arena_bytes": "arena B",
    "arena_bound_bytes": "bound B",
    "weights_bytes": "weights B",
    "runtime_flash_bytes": "code B",
}


def _show(results: list[dict[str, object]]) -> None:
    table = Table(title="one inference", title_justify="left")
    for name in ("model", "board"):
        table.add_column(name, overflow="fold")
    shown = {key: name for key, name in _COLUMNS.items() if any(key in result for result in results)}
    for name in shown.values():
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    for result in results:
        numbers = [number(result.get(key)) for key in shown]
        exact = {True: "yes", False: "NO"}.get(bool(result.get("exact")), "") if "exact" in result else "refused"
        table.add_row(str(result["model"]), str(result["board"]), *numbers, exact)
    console.print(table)
    for name in dict.fromkeys(str(r["cost_model"]) for r in results if "cost_model" in r):
        console.print(f"estimated: cycles of the {name}; docs/measuring.md says how far off", markup=False, highlight=False)
    console.print("removed: MACs of the file that are not computed; arena: all that an inference writes, bound: the least for these layers")
    console.print("code: with all tables but the weights, and with them the flash; exact: every output byte")
    for name in dict.fromkeys(str(result["model"]) for result in results):
        _show_layers(name, [result for result in results if result["model"] == name])
    for result in results:
        if "flash_bytes" in result:
            whole = f"{number(result['flash_bytes'])} B flash, {number(result['sram_bytes'])} B RAM"
            frame = f"; full half to decision {number(result['frame_instructions'])} instructions" if "frame_instructions" in result else ""
            console.print(f"{result['model']} on {result['board']}: the whole firmware {whole}{frame}")
        for reason in result["reasons"]:  # type: ignore[attr-defined]
            console.print(f"{result['model']} on {result['board']}: {reason}")


def _show_layers(model: str, results: list[dict[str, object]]) -> None:
    """A table for the boards whose layers are the same, and one for each of the others."""
    measured = [r for r in results if "instructions" in r]
    if not measured:
        return
    ops = [[layer["op"] for layer in r["layers"]] for r in measured]  # type: ignore[attr-defined]
    if others := [r for r, own in zip(measured, ops, strict=True) if own != ops[0]]:
        measured = [r for r, own in zip(measured, ops, strict=True) if own == ops[0]]
        _show_layers(model, others)
    table = Table(title=f"{model}: instructions per layer", title_justify="left")
    table.add_column("")
    for name in ("op", "kernel"):
        table.add_column(name)
    table.add_column("MACs", justify="right")
    for result in measured:
        table.add_column(str(result["board"]), justify="right")
        if "cycles" in result:
            table.add_column("cycles", justify="right")
        if "estimated_cycles" in result:
            table.add_column("estimated cycles", justify="right")
    for index, layer in enumerate(measured[0]["layers"]):  # type: ignore[var-annotated, arg-type]
        here = [(r["layers"][index], key) for r in measured for key in ("instructions", "cycles", "estimated_cycles") if key in r]  # type: ignore[index]
        counts = [number(facts.get(key)) for facts, key in here]
        table.add_row(str(index), layer["op"], layer["kernel"], number(layer["macs"]), *counts)
    console.print(table)
