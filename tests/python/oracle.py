"""The interpreter that defines INT8 semantics: TensorFlow Lite Micro with its reference kernels, from PyPI."""

from __future__ import annotations

import functools
import importlib.util
import multiprocessing
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

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


def _litert(data: bytes, inputs: Sequence[Array]) -> list[Array]:
    """One run of LiteRT's reference kernels; in a process of its own."""
    from tensorflow.lite.python import interpreter as lite

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it will move to a package of its own
        interpreter = lite.Interpreter(model_content=data, experimental_op_resolver_type=lite.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    for detail, array in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], array)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


@functools.cache
def _worker() -> ProcessPoolExecutor:
    """TensorFlow and OR-tools do not get along in one process."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


class LiteRt:
    """LiteRT's reference kernels, for operators that TensorFlow Lite Micro lacks. They round once where INT8 semantics round twice,
    so nothing that rescales sums is compared with them."""

    def __init__(self, data: bytes) -> None:
        if importlib.util.find_spec("tensorflow") is None:
            pytest.skip("tensorflow has no wheel for this machine")
        self.data = data

    def run(self, inputs: Sequence[Array], outputs: int = 1) -> list[Array]:
        results = _worker().submit(_litert, self.data, tuple(inputs)).result()
        assert len(results) == outputs
        return results
