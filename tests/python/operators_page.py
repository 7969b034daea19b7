"""Makes docs/operators.md from the random models that every operator is tested with: `python -m tests.python.operators_page`."""

from __future__ import annotations

import functools

from stator.frontends.tflite import read
from stator.ir import DType
from stator.paths import ROOT
from tests.python.every_op import makers, operator_of, samples

PAGE = ROOT / "docs" / "operators.md"
COUNT = 40  # as many as the tests compare

HEAD = """# Operators and element types

Which element types each operator is tested with at its inputs, beside shapes, axes and indices; those that only move elements take
every one. `●`: its random models are compared with the `tflite-micro` interpreter, byte for byte, as NumPy and as compiled kernels; `○`:
with LiteRT's reference kernels, since TensorFlow Lite Micro lacks the operator or the type. Made by `python -m
tests.python.operators_page` from those models; a test compares.

INT4 is a type of weights, beside INT8 activations: they stay packed in flash, two of a byte, but those of `DEPTHWISE_CONV_2D`, which are
few, are INT8 on cores that have a kernel for these. `FULLY_CONNECTED` with INT4 weights and a scale per channel, which the interpreter
refuses, is compared with what it makes of the same weights as INT8. INT16 is TFLite's 16x8: activations without zero points, INT8
weights, biases of INT64 or INT32. Resource variables (`VAR_HANDLE`, `READ_VARIABLE`, `ASSIGN_VARIABLE`, `CALL_ONCE`) hold any type but
INT4; models of several layers compare them with the interpreter, run after run. float32 is a reference to compare a quantized model
with; no kernel of it is tuned.

"""

COLUMNS: dict[str, DType] = {
    "INT8": DType.INT8,
    "INT4": DType.INT4,
    "INT16": DType.INT16,
    "UINT8": DType.UINT8,
    "INT32": DType.INT32,
    "INT64": DType.INT64,
    "bool": DType.BOOL,
    "float32": DType.FLOAT32,
}


@functools.cache
def types() -> dict[str, dict[DType, str]]:
    """Of each operator the types of its models' inputs and INT4 weights, and the sign of what they are compared with."""
    found: dict[str, dict[DType, str]] = {}
    for name in sorted(makers):
        of_operator = found.setdefault(operator_of(name), {})
        for sample in samples(name, COUNT):
            graph = read(sample.data, name)
            seen = {graph.tensors[i].type.dtype for i in graph.inputs}
            if any(tensor.type.dtype is DType.INT4 for tensor in graph.constants()):
                seen = {DType.INT4}
            for dtype in seen:
                of_operator[dtype] = "●" if not sample.litert or of_operator.get(dtype) == "●" else "○"
    return dict(sorted(found.items()))


def page() -> str:
    lines = [f"| operator | {' | '.join(COLUMNS)} |", f"|---|{':-:|' * len(COLUMNS)}"]
    for operator, of_operator in types().items():
        lines.append(f"| `{operator}` | {' | '.join(of_operator.get(dtype, '') for dtype in COLUMNS.values())} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
