"""The generated C on the machine at hand: compiled as it stands, run on inputs, and its bytes handed back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from stator.emit import write
from stator.emit.model import header, source
from stator.emit.select import model_select
from stator.errors import ToolError
from stator.memory import MemoryPlan
from stator.ops import Array, first_state
from stator.paths import FIRMWARE

HARNESS = Path(__file__).with_name("host_model.c")
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion")
SANITIZERS = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
POISON = 0xA5  # what the arena holds before a run: nothing may depend on it


class HostModel:
    """A plan's generated C, compiled by the host's compiler with warnings as errors; `sanitize` adds ASan and UBSan.

    Raises ToolError where there is no compiler, where it refuses the code, or where a run fails.
    """

    def __init__(self, plan: MemoryPlan, *, sanitize: bool = False, optimise: str = "-O2") -> None:
        self.plan = plan
        self._flags = (optimise, *(SANITIZERS if sanitize else ()))
        self._folder = tempfile.TemporaryDirectory(prefix="stator-host-")
        name = plan.spec.c_name
        write({f"{name}.h": header(plan), f"{name}.c": source(plan), "model_select.h": model_select(plan)}, self._generated)
        self._programs: dict[bool, Path] = {}

    @property
    def _generated(self) -> Path:
        return Path(self._folder.name) / "generated"

    def run(self, inputs: Sequence[Sequence[Array]]) -> list[tuple[Array, ...]]:
        """For each set of inputs (one array per input of the graph), the graph's outputs in order."""
        graph = self.plan.schedule.graph
        return [tuple(self._tensor(arena, t) for t in graph.outputs) for arena in self._arenas(inputs, layers=False)]

    def sequence(self, inputs: Sequence[Sequence[Array]]) -> Iterator[tuple[Array, ...]]:
        """As `run`, but the model's variables keep their values from one set of inputs to the next."""
        graph, state = self.plan.schedule.graph, first_state(self.plan.schedule.graph)
        for arrays in inputs:
            (arena,) = self._arenas([arrays], layers=False, state=state)
            state = {index: self._tensor(arena, index) for index in state}
            yield tuple(self._tensor(arena, t) for t in graph.outputs)

    def run_layers(self, inputs: Sequence[Array], state: dict[int, Array] | None = None) -> Iterator[tuple[int, int, Array]]:
        """For one set of inputs, what each layer wrote, as it stood right after: (step, tensor, values).

        `state`: the model's variables before the run, which become those after it; without it they are as before the first run.
        """
        snapshots = self._arenas([inputs], layers=True, state=state)
        if state is not None:
            state |= {index: self._tensor(snapshots[-1], index) for index in state}
        for step in self.plan.schedule.steps:
            for tensor in step.call.outputs:
                yield step.index, tensor, self._tensor(snapshots[step.index + 1], tensor)

    def _tensor(self, arena: Array, tensor: int) -> Array:
        kind, at = self.plan.schedule.graph.tensors[tensor].type, self.plan.offset(tensor)
        return arena[at : at + kind.bytes].view(kind.dtype.numpy).reshape(kind.shape).copy()

    def _arenas(self, inputs: Sequence[Sequence[Array]], *, layers: bool, state: Mapping[int, Array] | None = None) -> Array:
        """The arena after each run, or before and after every layer: uint8 [runs or snapshots, arena_bytes]."""
        graph = self.plan.schedule.graph
        held = first_state(graph) if state is None else state
        before = np.full((len(inputs), self.plan.arena_bytes), POISON, dtype=np.uint8)
        for row, arrays in zip(before, inputs, strict=True):
            for tensor, array in (*zip(graph.inputs, arrays, strict=True), *held.items()):
                kind, at = graph.tensors[tensor].type, self.plan.offset(tensor)
                if array.dtype != kind.dtype.numpy or array.shape != kind.shape:
                    raise ValueError(f"input {array.dtype}{array.shape}, and the model takes {kind.dtype.value}{kind.shape}")
                row[at : at + kind.bytes] = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        done = subprocess.run([self._program(layers)], input=before.tobytes(), capture_output=True, check=False)
        if done.returncode != 0:
            raise ToolError(
                f"the generated code of '{self.plan.spec.name}' failed on this machine with status {done.returncode}",
                details=done.stderr.decode(errors="replace").splitlines()[:20],
            )
        return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, self.plan.arena_bytes)

    def _program(self, layers: bool) -> Path:
        """The compiled program; made at first use."""
        if layers not in self._programs:
            program = Path(self._folder.name) / ("layers" if layers else "model")
            sources = sorted({file for step in self.plan.schedule.steps for file in step.kernel.sources})
            name = self.plan.spec.c_name
            _compile([self._generated / f"{name}.c", *sources, HARNESS], program, [*self._flags, *(["-DSTATOR_PROFILE"] if layers else [])])
            self._programs[layers] = program
        return self._programs[layers]


def _compile(sources: Sequence[Path], program: Path, flags: Sequence[str]) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ToolError("no C compiler for this machine", remedy="apt-get install gcc libc6-dev")
    folders = [f"-I{folder}" for folder in (sources[0].parent, FIRMWARE / "include", FIRMWARE / "kernels", FIRMWARE)]
    command = [compiler, "-std=c11", "-ffp-contract=off", *WARNINGS, *flags, *folders, *map(str, sources), "-o", str(program), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolError("the host's compiler refuses the generated code", details=done.stderr.splitlines()[:20])
