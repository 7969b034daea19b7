"""The interpreter that defines INT8 semantics: TensorFlow Lite Micro with its reference kernels, from PyPI."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stator.ops import Array

runtime = pytest.importorskip("tflite_micro.python.tflite_micro.runtime", reason="tflite-micro has no wheel for this machine")


class Oracle:
    """One model in the interpreter; `layers` keeps every tensor, so that each layer can be compared."""

    def __init__(self, data: bytes, arena_bytes: int = 1 << 20, *, layers: bool = False) -> None:
        config = runtime.InterpreterConfig
        self.interpreter = runtime.Interpreter.from_bytes(
            data,
            arena_size=arena_bytes,
            intrepreter_config=config.kPreserveAllTensors if layers else config.kAllocationRecording,
        )

    def run(self, inputs: Sequence[Array], outputs: int = 1) -> list[Array]:
        for position, array in enumerate(inputs):
            self.interpreter.set_input(array, position)
        self.interpreter.invoke()
        return [self.interpreter.get_output(position) for position in range(outputs)]

    def tensor(self, index: int) -> Array:
        """What tensor `index` holds after a run; needs `layers`."""
        values: Array = self.interpreter.GetTensor(index, 0)["tensor_data"]
        return values
