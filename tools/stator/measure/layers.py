"""Every layer against the oracle: what it must write, what it writes here and on a simulated board, and where the two first differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stator.board import Board
from stator.errors import ConfigError, ModelError, ToolError
from stator.host import HostModel
from stator.ir import Graph
from stator.measure.inference import Arrays, bench_image
from stator.measure.oracle import Interpreter, References
from stator.memory import MemoryPlan
from stator.ops import Array, first_state, run_reference
from stator.ops._time import time_axis
from stator.schedule import Step
from stator.sim import layers as sim
from stator.yamlfile import shown

MAX_INPUT_FILES = 10_000
REFERENCES = "stator.ops (NumPy references"

#: How far floats may be from the oracle's, as a part of the largest in their tensor. Their kernels add in the interpreter's order, so
#: that mostly every bit agrees; but no standard says what exp and tanh give in the last bit, and each machine's library differs.
TOLERANCE = 2.0**-16


@dataclass(frozen=True, slots=True)
class Difference:
    """The first byte that is wrong: of `step`, which writes the tensor called `name`. `index`: in the tensor as the file has it."""

    where: str
    run: int
    step: int
    op: str
    name: str
    index: tuple[int, ...]
    expected: float
    got: float

    def __str__(self) -> str:
        place = f"{self.where}, input {self.run}, layer {self.step} ({self.op}, '{self.name}')"
        return f"{place}, index {list(self.index)}: expected {self.expected:g}, got {self.got:g}"

    def fields(self) -> dict[str, object]:
        index = list(self.index)
        out: dict[str, object] = {"layer": self.step, "index": index, "expected": self.expected, "got": self.got}
        return {**out, "op": self.op, "name": self.name, "input": self.run, "where": self.where}


@dataclass(frozen=True, slots=True)
class Compared:
    """Bytes compared; the first difference that counts; of floats, how far the farthest is from the oracle's (see TOLERANCE), None where
    there are none."""

    bytes: int
    difference: Difference | None
    apart: float | None

    @property
    def exact(self) -> bool:
        return self.difference is None and not self.apart


Values = Mapping[int, Array]  # by tensor, of one run


def expected(model: Path, graph: Graph, sets: Sequence[Arrays]) -> tuple[str, list[Values]]:
    """The oracle's name, and per input set what every layer of the file must write: the interpreter's tensors, or the references'."""
    shown = {node.outputs[o] for node in graph.nodes for _, o in node.op.shows()}  # new values of variables, which are no tensors of a file
    written = [index for node in graph.nodes for index in node.outputs if index not in shown]
    try:
        oracle = Interpreter(model, keep_bytes=sum(t.type.bytes for t in graph.tensors.values() if not t.constant))
    except ToolError:
        return References.name, _by_references(graph, sets)
    except ModelError:
        return f"{REFERENCES}; tflite-micro refuses the model)", _by_references(graph, sets)
    values: list[Values] = []
    for arrays in sets:
        oracle.run(arrays, 0)
        values.append({i: oracle.tensor(i, graph.tensors[i].type) for i in written})
    return oracle.name, values


def _by_references(graph: Graph, sets: Sequence[Arrays]) -> list[Values]:
    """All tensors of every run; a model's state goes from run to run."""
    values: list[Values] = []
    for arrays in sets:
        values.append(run_reference(graph, arrays, values[-1] if values else None))
    return values


def on_this_machine(plan: MemoryPlan, sets: Sequence[Arrays]) -> Iterator[tuple[int, Step, int, Array]]:
    """(run, step, tensor, values) of all that the generated C writes, compiled for this machine, in the order of its writing."""
    host, state = HostModel(plan), first_state(plan.schedule.graph)
    for run, arrays in enumerate(sets):
        for step, tensor, values in host.run_layers(arrays, state):
            yield run, plan.schedule.steps[step], tensor, values


def newest(graph: Graph, windows: Sequence[Arrays]) -> list[Arrays]:
    """The last column of every window, as the input of a model that takes one column per run."""
    kind = graph.tensors[graph.inputs[0]].type
    return [(window.reshape(-1)[-kind.elements :].reshape(kind.shape),) for (window,) in windows]


def windows_of(graph: Graph, frames: int, count: int) -> list[Arrays]:
    """The windows that firmware sees of `count` random columns from its start on: at first they are mostly the input's zero point."""
    kind = graph.tensors[graph.inputs[0]].type
    size, info = kind.elements // frames, np.iinfo(np.dtype(kind.dtype.value))
    columns = np.random.default_rng(frames).integers(info.min, info.max, (count, size), dtype=kind.dtype.numpy, endpoint=True)
    rest = np.full((frames, size), kind.quant.zero_point if kind.quant else 0, dtype=kind.dtype.numpy)
    signal = np.concatenate([rest, columns])
    return [(signal[at + 1 : at + 1 + frames].reshape(kind.shape),) for at in range(count)]


def on_board(
    board: Board, model: Path, plan: MemoryPlan, build_dir: Path, sets: Sequence[Arrays], *, passes: bool
) -> Iterator[tuple[int, Step, int, Array]]:
    """The same of the bench image on the simulated board. Raises ToolError."""
    tensors = plan.schedule.graph.tensors
    elf = bench_image(board, model, build_dir, passes=passes)

    def segment(tensor: int) -> tuple[int, int]:
        return plan.offset(tensor), tensors[tensor].type.bytes

    written = [(step, tensor) for step in plan.schedule.steps for tensor in step.call.outputs]
    said = sim.layers(
        board,
        elf,
        [segment(t) for t in plan.schedule.graph.inputs],
        [(step.index, segment(tensor)) for step, tensor in written],
        [[a.tobytes() for a in arrays] for arrays in sets],
    )
    for run, contents in enumerate(said):
        for (step, tensor), content in zip(written, contents, strict=True):
            kind = tensors[tensor].type
            yield run, step, tensor, np.frombuffer(content, dtype=kind.dtype.numpy).reshape(kind.shape)


def compare(where: str, graph: Graph, wanted: Sequence[Values], got: Iterator[tuple[int, Step, int, Array]]) -> Compared:
    """Up to the first difference. `graph` is the one that runs. Of what its passes have narrowed, what is left counts; what they have
    added and no tensor of the file holds does not."""
    total, apart = 0, None
    for run, step, tensor, values in got:
        source, first, end = graph.rows.get(tensor, (tensor, 0, 0))
        if source not in wanted[run]:
            continue
        kept = graph.channels.get(source)
        whole, axis = wanted[run][source], 1
        if tensor in graph.rows:
            axis = time_axis(whole.shape) or axis
            whole = whole.take(range(first, end), axis)
        want = whole if kept is None else whole[..., kept]
        off = np.atleast_1d(want != values)
        if values.dtype == np.float32:
            far = _apart(want, values)
            apart, off = max(apart or 0.0, float(far.max())), np.atleast_1d(far > TOLERANCE)
        wrong = np.argwhere(off)
        if len(wrong):
            at = tuple(int(i) for i in wrong[0])[: values.ndim]
            index = at if kept is None else (*at[:-1], int(kept[at[-1]]))
            index = (*index[:axis], index[axis] + first, *index[axis + 1 :]) if tensor in graph.rows else index
            name = graph.tensors[tensor].name
            found = Difference(where, run, step.index, step.node.op.name, name, index, float(want[at]), float(values[at]))
            return Compared(total, found, apart)
        total += values.nbytes
    return Compared(total, None, apart)


def _apart(want: Array, values: Array) -> Array:
    """How far floats are from each other, as a part of the largest wanted; 0 where every bit agrees, infinite where one is no number."""
    wide = np.where(np.isfinite(want), want, 0).astype(np.float64)
    largest = max(float(np.abs(wide).max()), float(np.finfo(np.float32).tiny))
    with np.errstate(all="ignore"):
        far = np.abs(values.astype(np.float64) - want) / largest
    return np.where(want.view(np.uint32) == values.view(np.uint32), 0.0, np.where(np.isfinite(far), far, np.inf))


def read_inputs(folder: Path, graph: Graph) -> list[Arrays]:
    """Inputs out of a folder: a .npy or raw .bin file each, in the order of names; with several inputs, a subfolder of files each.

    Raises ConfigError for files of another type or size.
    """
    if not folder.is_dir():
        raise ConfigError(f"{shown(folder)}: no such folder", remedy="a folder of .npy or .bin files, one per input of the model")
    kinds = [graph.tensors[i].type for i in graph.inputs]
    subfolders = sorted(sub for sub in folder.iterdir() if sub.is_dir())
    groups = [[file] for file in _files(folder)] if len(kinds) == 1 else [_files(sub) for sub in subfolders]
    if not groups:
        raise ConfigError(
            f"{shown(folder)}: no inputs are there",
            remedy=".npy or .bin files" if len(kinds) == 1 else f"a subfolder per run, of {len(kinds)} .npy or .bin files each",
        )
    sets = []
    for group in groups[:MAX_INPUT_FILES]:
        if len(group) != len(kinds):
            raise ConfigError(f"{shown(group[0].parent) if group else shown(folder)}: {len(group)} files for {len(kinds)} inputs")
        sets.append(tuple(_read(file, kind.shape, kind.dtype.numpy) for file, kind in zip(group, kinds, strict=True)))
    return sets


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in (".npy", ".bin") and file.is_file())


def _read(file: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    count = int(np.prod(shape))
    try:
        if file.suffix == ".npy":
            values: Array = np.load(file, mmap_mode="r", allow_pickle=False)
        else:
            values = np.fromfile(file, dtype=dtype, count=count + 1)
    except (OSError, ValueError, EOFError) as error:
        raise ConfigError(f"{shown(file)}: cannot be read: {str(error)[:120]}") from None
    if values.dtype != dtype or values.size != count:
        raise ConfigError(f"{shown(file)}: {values.size} values of {values.dtype}, and the model takes {dtype}{list(shape)}")
    return np.array(values, dtype=dtype).reshape(shape)
