"""What every variant that takes a layer of a model takes for it, on the board's simulator: the model runs once per rank of variants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stator.board import Board
from stator.errors import ToolError
from stator.fit import fitted
from stator.frontends import load
from stator.kernels import Kernel
from stator.measure.elf import read_elf
from stator.measure.inference import SIMULATED_INPUTS, compared, expected_outputs, inputs_for, on_board
from stator.ops import Operands
from stator.passes import optimise
from stator.spec import ModelSpec, load_model_spec
from stator.tuned import signature

RANKS = 16  # more variants of one kernel than there will ever be


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One variant on one layer. `signature`: of the layer in the core's table (stator.tuned). `takes`: by a field's name of
    docs/contract.md, instructions and what else the board gives. `table_bytes`: of the layer's constants as the variant lays them out;
    `code_bytes`: of the variant's object files."""

    layer: int
    op: str
    kernel: Kernel
    signature: str
    macs: int
    takes: dict[str, int]
    table_bytes: int
    code_bytes: int


def by_variant(spec: ModelSpec, board: Board, folder: Path) -> Iterator[Figure]:
    """Every layer with every variant that takes it, built in `folder`.

    Raises ToolError where outputs differ from the interpreter's: then nothing measured is worth anything.
    """
    graph, bare = optimise(load(spec.path)), load_model_spec(spec.path)
    sets = inputs_for(graph, SIMULATED_INPUTS)
    oracle, expected = expected_outputs(spec.path, graph, sets)
    seen: set[tuple[int, str]] = set()
    for rank in range(RANKS):
        made = fitted(graph, board, bare, None, f"nth:{rank}")
        fresh = [step for step in made.schedule.steps if (step.index, step.kernel.name) not in seen]
        if not fresh:
            return
        cost, outputs = on_board(board, spec.path, made, folder, sets)
        exact = compared(oracle, board.name, expected, outputs)
        if not exact.exact:
            names = ", ".join(sorted({step.kernel.symbol for step in fresh}))
            raise ToolError(f"with {names} the outputs of '{spec.name}' are wrong", details=exact.problems[:3])
        for step in fresh:
            seen.add((step.index, step.kernel.name))
            takes = {"instructions": cost.layers[step.index]}
            for name, figures in (("cycles", cost.layer_cycles), ("estimated_cycles", cost.layer_estimates)):
                if figures:
                    takes[name] = figures[step.index]
            plain = step.node.op.kernel(step.node, Operands.of(made.schedule.graph, step.node))
            assert plain is not None
            sizes = step.choice.table_bytes, code_bytes(folder, step.kernel)
            yield Figure(step.index, step.node.op.name, step.kernel, signature(plain), step.macs, takes, *sizes)


def code_bytes(folder: Path, kernel: Kernel) -> int:
    """Code and constants of a variant's object files in a built bench image."""
    objects = folder / "CMakeFiles" / "bench_model.dir"
    total = 0
    for source in kernel.sources:
        built = Path(f"{objects}{source}.obj")
        total += sum(section.bytes for section in read_elf(built).sections if section.contents and not section.writable)
    return total
