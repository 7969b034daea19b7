"""What the host says the firmware must say: the NumPy twin of the front end, and TensorFlow Lite Micro's own interpreter.

Neither shares a line with the C on the device. Where the interpreter has no wheel, the operators' NumPy references take its place,
and the oracle's name says so. Windows repeat when a signal loops, so each distinct one is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stator.dsp import Quantizer, features
from stator.errors import ModelError, ToolError
from stator.ir import Graph, TensorType
from stator.ops import first_state, run_reference
from stator.spec import ModelSpec

UNKNOWN = 255
Bytes = npt.NDArray[np.int8]


class Interpreter:
    """The tflite-micro interpreter (reference kernels, double rounding) for one model."""

    def __init__(self, model: Path, keep_bytes: int | None = None) -> None:
        """Raises ToolError where the package has no wheel, ModelError where the interpreter refuses the model.

        With `keep_bytes`, which is what they take together, all tensors are kept for `tensor`.
        """
        if model.suffix.lower() != ".tflite":
            raise ToolError(f"{model.name}: the tflite-micro interpreter reads .tflite files", remedy="compile --calibrate writes one")
        try:
            from tflite_micro.python.tflite_micro import runtime  # noqa: PLC0415 (takes a second; only comparisons need it)

            self.name = f"tflite-micro {version('tflite-micro')}"
        except (ImportError, PackageNotFoundError):
            raise ToolError(
                "the tflite-micro interpreter is not installed, so nothing can be compared with it",
                remedy="./inv on x86_64 Linux; the package has no wheel elsewhere",
            ) from None
        data = model.read_bytes()
        try:
            # Its guess of ten times the file is too small for small models with large tensors.
            arena_size = max(16 * len(data), 1 << 22) + 2 * (keep_bytes or 0)
            config = runtime.InterpreterConfig
            kept = config.kAllocationRecording if keep_bytes is None else config.kPreserveAllTensors
            self._interpreter: Any = runtime.Interpreter.from_bytes(data, arena_size=arena_size, intrepreter_config=kept)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{model.name}: the tflite-micro interpreter refuses it: {str(error)[:200]}") from None

    def run(self, inputs: Iterable[npt.NDArray[Any]], outputs: int) -> tuple[npt.NDArray[Any], ...]:
        """One inference; copies of all outputs."""
        for index, array in enumerate(inputs):
            self._interpreter.set_input(array, index)
        self._interpreter.invoke()
        return tuple(np.array(self._interpreter.get_output(i)) for i in range(outputs))

    def tensor(self, index: int, kind: TensorType) -> npt.NDArray[Any]:
        """A copy of what a tensor of the file holds after a run."""
        values: npt.NDArray[Any] = np.array(self._interpreter.GetTensor(index, 0)["tensor_data"])
        return values.reshape(kind.shape)


@dataclass(frozen=True, slots=True)
class Expected:
    """What one record must hold. `full`: the window held no filler."""

    column: bytes
    logits: bytes
    label: int
    confidence: int
    state: int
    full: bool


@dataclass(frozen=True, slots=True)
class Oracle:
    """The host's side of a replay: columns of every half of the signal, and the model."""

    name: str
    spec: ModelSpec
    columns: Bytes | npt.NDArray[np.int16]  # (halves, columns), or (halves, samples) of a model that takes samples
    infer: Callable[[npt.NDArray[Any]], tuple[bytes, bytes]]  # window (frames, columns) -> logits, scores
    zero_point: int

    def replay(self, sequences: Iterable[int]) -> Iterator[Expected]:
        """What the records with these sequence numbers must hold, in order. A gap clears window and decision, as on the device."""
        window_spec = self.spec.window
        assert window_spec is not None
        empty = np.full((window_spec.frames, window_spec.columns), self.zero_point, self.columns.dtype)
        window, filled, follows = empty, 0, 0
        decision = Debounce(window_spec.frames, self.spec.decision.debounce)
        known: dict[bytes, tuple[bytes, bytes]] = {}
        for sequence in sequences:
            if sequence != follows:
                window, filled = empty, 0
                decision = Debounce(window_spec.frames, self.spec.decision.debounce)
            follows = sequence + 1
            column = self.columns[sequence % len(self.columns)]
            window, filled = np.concatenate([window[1:], column[None]]), filled + 1
            key = window.tobytes()
            if key not in known:
                known[key] = self.infer(window)
            logits, scores = known[key]
            values = np.frombuffer(logits, np.int8)
            label = int(values.argmax())
            confidence = int(np.frombuffer(scores, np.int8)[label]) + 128
            told = column[: self.spec.columns].tobytes()
            yield Expected(told, logits, label, confidence, decision.update(label), filled >= window_spec.frames)


class Debounce:
    """A class becomes the state after `debounce` equal decisions in a row, and not before window + debounce decisions."""

    def __init__(self, window: int, debounce: int) -> None:
        self._warmup, self._debounce = window + debounce, debounce
        self._recent: list[int] = []
        self._count = 0
        self.state = UNKNOWN

    def update(self, label: int) -> int:
        self._count += 1
        self._recent = [*self._recent, label][-self._debounce :]
        if self._count >= self._warmup and len(self._recent) == self._debounce and len(set(self._recent)) == 1:
            self.state = label
        return self.state


class References:
    """The NumPy references of the operators, behind the interpreter's interface: for machines that have no interpreter."""

    name = "stator.ops (NumPy references; tflite-micro is not installed here, or does not read the file)"

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._state: dict[int, npt.NDArray[Any]] = first_state(graph)

    def run(self, inputs: Iterable[npt.NDArray[Any]], outputs: int) -> tuple[npt.NDArray[Any], ...]:
        """One inference, from the state that the one before has left; all outputs."""
        values = run_reference(self._graph, list(inputs), self._state)
        self._state = {index: values[index] for index in self._state}
        return tuple(values[index] for index in self._graph.outputs[:outputs])


def runner(model: Path, graph: Graph) -> Interpreter | References:
    """The interpreter where it is installed, else the references. Raises ModelError where the interpreter refuses the model."""
    try:
        return Interpreter(model)
    except ToolError:
        return References(graph)


def oracle(spec: ModelSpec, graph: Graph, halves: npt.NDArray[np.int16]) -> Oracle:
    """Prepares the oracle for a signal. Raises ModelError."""
    interpreter = runner(spec.path, graph)
    tensor = graph.tensors[graph.inputs[0]]
    quant = tensor.type.quant
    if spec.window is None or quant is None or len(graph.outputs) < 2:
        raise ModelError(f"model '{spec.name}' takes no features of a sensor, or has no scores beside its logits")
    columns = halves if spec.features is None else features(halves, spec.features, Quantizer.of(quant.scale, quant.zero_point))
    front_end = "" if spec.features is None else "stator.dsp (NumPy) and "

    def infer(window: npt.NDArray[Any]) -> tuple[bytes, bytes]:
        logits, scores = interpreter.run([window.reshape(tensor.type.shape)], 2)
        return logits.tobytes(), scores.tobytes()

    return Oracle(f"{front_end}{interpreter.name}", spec, columns, infer, quant.zero_point)
