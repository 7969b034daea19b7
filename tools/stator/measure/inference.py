"""One inference of a model: is it exact, what does it take, and what lies in flash for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stator import cycles
from stator.board import Board
from stator.build import locked, tool
from stator.errors import ToolError
from stator.host import HostModel
from stator.ir import DType, Graph
from stator.kernels import PORTABLE
from stator.measure.disassembly import Disassembled
from stator.measure.elf import Elf, read_elf
from stator.measure.oracle import runner
from stator.measure.stacks import call_graph
from stator.memory import MemoryPlan, plan
from stator.paths import FIRMWARE
from stator.schedule import schedule
from stator.selection import DEFAULT
from stator.sim import bench, plugins, qemu
from stator.sim.counters import of_bench

HOST_INPUTS = 100
SIMULATED_INPUTS = 2
_SEED = 2026

Arrays = tuple[npt.NDArray[np.generic], ...]


@dataclass(frozen=True, slots=True)
class Exactness:
    """Outputs against the tflite-micro interpreter's: `problems` name run, output, index, expected and got."""

    oracle: str
    compared_bytes: int
    problems: tuple[str, ...]

    @property
    def exact(self) -> bool:
        return not self.problems and self.compared_bytes > 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Instructions of one inference (the worst of the runs) and of each layer, where RTL ran them their cycles, too; bytes of code and
    tables that it needs in flash without the weights; writable bytes of generated code and kernels outside of the arena. Cycles that
    a model of the core gives (stator.cycles), and which."""

    instructions: int
    layers: tuple[int, ...]
    runtime_flash_bytes: int
    static_bytes: int
    simulator: str
    cycles: int | None = None
    layer_cycles: tuple[int, ...] = ()
    estimated_cycles: int | None = None
    layer_estimates: tuple[int, ...] = ()
    cost_model: str = ""


def inputs_for(graph: Graph, count: int) -> list[Arrays]:
    """Input sets: all least, all greatest and all zero-point values first, then seeded random bytes over the whole range."""
    random = np.random.default_rng(_SEED)
    sets: list[Arrays] = []
    for index in range(count):
        arrays = []
        for tensor in graph.inputs:
            kind = graph.tensors[tensor].type
            if kind.dtype is DType.FLOAT32:
                arrays.append(random.normal(size=kind.shape).astype(np.float32))
                continue
            if kind.dtype is DType.BOOL:
                arrays.append(random.integers(0, 2, kind.shape).astype(np.bool_))
                continue
            info = np.iinfo(np.dtype(kind.dtype.value))
            zero = kind.quant.zero_point if kind.quant else 0
            fill = {1: info.min, 2: info.max, 3: zero}.get(index)
            if fill is None:
                arrays.append(random.integers(info.min, info.max, kind.shape, dtype=kind.dtype.numpy, endpoint=True))
            else:
                arrays.append(np.full(kind.shape, fill, kind.dtype.numpy))
        sets.append(tuple(arrays))
    return sets


def expected_outputs(model: Path, graph: Graph, sets: Sequence[Arrays]) -> tuple[str, list[tuple[bytes, ...]]]:
    """The oracle's name and its outputs as bytes. Raises ModelError where the interpreter refuses the model."""
    oracle = runner(model, graph)
    return oracle.name, [tuple(a.tobytes() for a in oracle.run(arrays, len(graph.outputs))) for arrays in sets]


def portable(made: MemoryPlan) -> MemoryPlan:
    """The plan with kernels that run anywhere in place of those written for the board's core."""
    if all(step.kernel.isa in PORTABLE for step in made.schedule.steps):
        return made
    kernels = [isa for isa in made.board.kernels if isa in PORTABLE]
    return plan(schedule(made.schedule.graph, kernels), made.board, made.spec, None)


def host_outputs(plan: MemoryPlan, sets: Sequence[Arrays]) -> list[tuple[bytes, ...]]:
    """What the generated C computes on this machine, run after run: a model's state goes on."""
    host = HostModel(plan)
    runs = host.sequence(sets) if any(plan.schedule.graph.variables()) else host.run(sets)
    return [tuple(a.tobytes() for a in outputs) for outputs in runs]


def compared(oracle: str, where: str, expected: Sequence[tuple[bytes, ...]], got: Sequence[tuple[bytes, ...]]) -> Exactness:
    """Compares outputs byte for byte."""
    total, problems = 0, []
    for run, (want, have) in enumerate(zip(expected, got, strict=True)):
        for output, (a, b) in enumerate(zip(want, have, strict=True)):
            total += len(a)
            if a != b:
                at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
                shown = [np.int8(np.uint8(data[at])) if at < len(data) else "nothing" for data in (a, b)]
                problems.append(f"{where}: input {run}, output {output}, byte {at}: expected {shown[0]}, got {shown[1]}")
    return Exactness(oracle, total, tuple(problems))


def on_board(board: Board, model: Path, plan: MemoryPlan, build_dir: Path, sets: Sequence[Arrays]) -> tuple[Cost, list[tuple[bytes, ...]]]:
    """Builds the bench image of a plan and runs it on the simulated board. Raises ToolError."""
    elf = bench_image(board, model, build_dir, kernels=plan.schedule.selection)
    graph, unit = plan.schedule.graph, board.instructions_per_count

    def segments(tensors: Sequence[int]) -> list[bench.Segment]:
        return [(plan.offset(t), graph.tensors[t].type.bytes) for t in tensors]

    by, mark = estimator(board, elf)
    contents = [[a.tobytes() for a in arrays] for arrays in sets]
    heard = bench.count(board, elf, segments(graph.inputs), segments(graph.outputs), contents, mark)
    flash, static = runtime_bytes(build_dir, elf, plan)
    if heard.run_instructions is not None and heard.layer_instructions is not None:
        counted = Cost(max(heard.run_instructions), heard.layer_instructions, flash, static, heard.simulator, max(heard.runs), heard.layers)
        return counted, list(heard.outputs)
    if unit is None:
        raise ToolError(f"board '{board.name}' counts no instructions", remedy="counter and simulator in its board.yml")
    cost = Cost(up(max(heard.runs) * unit), tuple(up(n * unit) for n in heard.layers), flash, static, heard.simulator)
    if by is not None:
        of_runs, of_layers = of_bench(cycles.at_marks(elf, by, heard.passes), len(sets), len(heard.layers))
        cost = replace(cost, estimated_cycles=max(of_runs), layer_estimates=of_layers, cost_model=by.NAME)
    return cost, list(heard.outputs)


def estimator(board: Board, elf: Path) -> tuple[cycles.Model | None, int | None]:
    """The model of the board's core, and the address whose passes QEMU records for it; None where there is no model or no recording."""
    by = cycles.model(board.core)
    simulator = board.simulator
    if by is None or simulator is None or simulator.kind != "qemu" or not plugins.possible(qemu.find(simulator)):
        return None, None
    return by, next(s.address for s in read_elf(elf).symbols if s.name == "stator_clock_now")


def bench_image(
    board: Board, model: Path, build_dir: Path, *, passes: bool = True, kernels: str = DEFAULT, front_end: bool = False
) -> Path:
    """Builds firmware/bench for a board and a model file; without `passes`, every layer of the file. `kernels`: how they are chosen
    (stator.selection). `front_end`: the image of its routines, for a model's folder. Raises ToolError."""
    settings = {"STATOR_BOARD": board.folder, "STATOR_MODEL": model, "STATOR_PYTHON": sys.executable, "CMAKE_MAKE_PROGRAM": tool("ninja")}
    settings |= {"STATOR_PASSES": "" if passes else "off", "STATOR_KERNELS": kernels, "STATOR_BENCH": "dsp" if front_end else "model"}
    cmake = tool("cmake")
    steps = (
        [cmake, "-G", "Ninja", "-S", str(FIRMWARE / "bench"), "-B", str(build_dir), *(f"-D{k}={v}" for k, v in settings.items())],
        [cmake, "--build", str(build_dir)],
    )
    with locked(build_dir):
        for words in steps:
            done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, errors="replace")
            if done.returncode != 0:
                (build_dir / "build.log").write_text(done.stdout + done.stderr, encoding="utf-8")
                telling = [line for line in (done.stdout + done.stderr).splitlines() if "rror" in line or "overflow" in line]
                raise ToolError(
                    f"the bench image for {board.name} could not be built",
                    details=telling[:6],
                    remedy=f"all it said: {build_dir / 'build.log'}",
                )
    return build_dir / "bench.elf"


def runtime_bytes(build_dir: Path, elf: Path, plan: MemoryPlan) -> tuple[int, int]:
    """(code and tables that one inference needs in flash, without weights; writable bytes beside the arena), from the linked image.

    Code: every function that can be reached from `<model>_run`, libraries included. Tables: what the generated code and the kernels
    define and the image keeps.
    """
    image = read_elf(elf)
    functions = call_graph(build_dir, image).disassembled
    reached: dict[int, str] = {}
    work = [f"{plan.spec.c_name}_run"]
    while work:
        function: Disassembled | None = functions.get(work.pop())
        if function is not None and function.address not in reached:
            reached[function.address] = function.name
            work += [callee for callee, _ in function.calls]
    code = sum({s.address: s.bytes for s in image.symbols if s.code and s.address in reached}.values())
    kept = {s.name: s for s in image.symbols if not s.code and s.typed}
    weights = {table.symbol for table in plan.schedule.tables}
    tables = static = 0
    for name, section_writable in _defined(build_dir):
        symbol = kept.get(name)
        if symbol is not None and name not in weights:
            tables, static = (tables, static + symbol.bytes) if section_writable else (tables + symbol.bytes, static)
    return code + tables, static


def _defined(build_dir: Path) -> set[tuple[str, bool]]:
    """(symbol, writable) of all data that the generated model and the kernels define."""
    found = set()
    for file in (build_dir / "CMakeFiles" / "bench_model.dir").rglob("*.obj"):
        if file.name == "memory_plan.c.obj":
            continue
        part: Elf = read_elf(file)
        writable = {s.name: s.writable for s in part.sections}
        found |= {(s.name, writable[s.section]) for s in part.symbols if s.typed and not s.code and s.section in writable}
    return found


def up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def kernel_names(plan: MemoryPlan) -> tuple[str, ...]:
    """The kernels that the compiler chose, each once."""
    return tuple(dict.fromkeys(step.kernel.symbol for step in plan.schedule.steps))
