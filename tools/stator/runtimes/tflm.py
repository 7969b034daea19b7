"""TensorFlow Lite Micro: the model as a C array, the operators it needs, and the least arena, as its own interpreter finds it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from stator import __version__
from stator.errors import ModelError, ToolError, UnsupportedOperator
from stator.frontends import contents, load, survey
from stator.measure.inference import inputs_for
from stator.measure.oracle import Interpreter
from stator.runtimes import Exported, tables
from stator.spec import ModelSpec

STEP = 16  # the arena's alignment
LARGEST = 64 * 1024 * 1024
CHECKED = 10  # input sets

_NAMES = {"BATCH_MATMUL": "BatchMatMul", "CUMSUM": "CumSum", "PADV2": "PadV2", "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTM"}


def export(spec: ModelSpec) -> Exported:
    """Raises UnsupportedOperator for operators without a builtin kernel, ModelError, or ToolError without the interpreter."""
    if spec.path.suffix.lower() != ".tflite":
        raise ModelError(f"model '{spec.name}': TensorFlow Lite Micro reads .tflite files", remedy="compile --calibrate DIR writes one")
    data = contents(spec.path)
    ops = sorted({seen.op for seen in survey(spec.path).seen})
    known = {op for fact in tables()["tflm"].supported for op in fact.yes}
    missing = [op for op in ops if op not in known]
    if missing:
        raise UnsupportedOperator(f"model '{spec.name}': TensorFlow Lite Micro has no {', '.join(missing)}", remedy=tables()["tflm"].remedy)
    oracle = Interpreter(spec.path).name
    arena = least_arena(data)
    checked = _checked(spec, data, arena)
    name = spec.c_name
    files = {
        f"{name}_model.h": _header(spec, name, len(data), arena, oracle).encode(),
        f"{name}_model.cc": _source(name, data).encode(),
        f"{name}_resolver.h": _resolver(name, ops).encode(),
    }
    note = f"{arena:,} B of arena are the least for the interpreter of this machine, whose pointers have 64 bits; a 32-bit core needs less"
    fields: dict[str, object] = {"arena_bytes": arena, "oracle": oracle, "exact": True, "compared_bytes": checked, "note": note}
    return Exported(files, fields)


def resolver_call(op: str) -> str:
    """The method of MicroMutableOpResolver that adds an operator: CONV_2D -> AddConv2D."""
    parts = [part if part == "2D" else part[:1] + part[1:].lower() for part in op.split("_")]
    return "Add" + _NAMES.get(op, "".join(parts))


def least_arena(data: bytes) -> int:
    """The least arena in which the interpreter allocates and runs the model, in steps of 16 B. Raises ModelError."""
    low, high = 0, 4096
    while not _runs(data, high):
        low, high = high, 2 * high
        if high > LARGEST:
            raise ModelError(f"the tflite-micro interpreter does not run the model in {LARGEST:,} B", remedy="use a smaller model")
    while high - low > STEP:
        middle = (low + high) // 2 // STEP * STEP
        low, high = (low, middle) if _runs(data, middle) else (middle, high)
    return high


def _interpreter(data: bytes, arena: int) -> Any:
    try:
        from tflite_micro.python.tflite_micro import runtime  # noqa: PLC0415 (takes a second; only this needs it)
    except ImportError:
        raise ToolError("the tflite-micro interpreter is not installed", remedy="./inv on x86_64 Linux") from None
    return runtime.Interpreter.from_bytes(data, arena_size=arena)


def _runs(data: bytes, arena: int) -> bool:
    try:
        with _quiet():
            _interpreter(data, arena).invoke()
    except (RuntimeError, ValueError):
        return False
    return True


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the interpreter writes past Python on standard error is the failure that is looked for."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _checked(spec: ModelSpec, data: bytes, arena: int) -> int:
    """Runs the model in the least arena and in a large one. Returns the bytes compared; raises ModelError where they differ."""
    graph, total = load(spec.path), 0
    small, large = _interpreter(data, arena), _interpreter(data, max(16 * arena, 1 << 20))
    for arrays in inputs_for(graph, CHECKED):
        for interpreter in (small, large):
            for index, array in enumerate(arrays):
                interpreter.set_input(array, index)
            interpreter.invoke()
        for index in range(len(graph.outputs)):
            a, b = (np.array(interpreter.get_output(index)) for interpreter in (small, large))
            total += a.nbytes
            if a.tobytes() != b.tobytes():
                raise ModelError(
                    f"model '{spec.name}': output {index} depends on the arena's size", remedy="report this to TensorFlow Lite Micro"
                )
    return total


def _banner(what: str) -> str:
    return f"// {what}. Made by stator {__version__}, export --runtime tflm.\n"


def _header(spec: ModelSpec, name: str, size: int, arena: int, oracle: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9_ .-]", "_", spec.name)
    guard = f"{name.upper()}_MODEL_H_"
    return (
        _banner(f"The model {safe} for TensorFlow Lite Micro")
        + f"#ifndef {guard}\n#define {guard}\n\n#include <cstddef>\n\n"
        + f"constexpr std::size_t k_{name}_model_bytes = {size};\nextern const unsigned char g_{name}_model[k_{name}_model_bytes];\n\n"
        + f"// The least arena, as {oracle} finds it with pointers of 64 bits; with 32 bits less is needed. Align it to 16.\n"
        + f"constexpr std::size_t k_{name}_arena_bytes = {arena};\n\n#endif\n"
    )


def _source(name: str, data: bytes) -> str:
    rows = "".join("    " + " ".join(f"0x{byte:02x}," for byte in data[i : i + 16]) + "\n" for i in range(0, len(data), 16))
    return (
        _banner("The model's bytes") + f'#include "{name}_model.h"\n\n'
        f"alignas(16) extern const unsigned char g_{name}_model[k_{name}_model_bytes] = {{\n{rows}}};\n"
    )


def _resolver(name: str, ops: list[str]) -> str:
    guard = f"{name.upper()}_RESOLVER_H_"
    calls = "".join(f"    if (resolver.{resolver_call(op)}() != kTfLiteOk) return kTfLiteError;\n" for op in ops)
    return (
        _banner("The operators that the model needs, and no others")
        + f'#ifndef {guard}\n#define {guard}\n\n#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"\n\n'
        + f"inline TfLiteStatus {name}_add_operators(tflite::MicroMutableOpResolver<{len(ops)}> &resolver) {{\n"
        + f"{calls}    return kTfLiteOk;\n}}\n\n#endif\n"
    )
