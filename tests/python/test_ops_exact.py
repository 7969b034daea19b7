"""Every operator, NumPy reference and compiled kernels, against the interpreter that defines the semantics: byte for byte."""

from __future__ import annotations

import errno
import functools
from pathlib import Path

import numpy as np
import pytest

from stator.frontends.tflite import read
from stator.ir import Graph
from stator.ops import Operands, first_state, operators, run_reference
from tests.python import kernel_harness
from tests.python.every_op import Sample, makers, operator_of, samples
from tests.python.oracle import LiteRt, Oracle
from tests.python.tflite_builder import Model

COUNT = 40


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return kernel_harness.compile_objects(tmp_path_factory.mktemp("kernels"))


@functools.cache
def expected(name: str) -> list[tuple[Sample, tuple[bytes, ...]]]:
    """Samples of an operator with what the interpreter makes of them: the bytes of each output."""
    found = []
    for sample in samples(name, COUNT):
        oracle = LiteRt(sample.data) if sample.litert else Oracle(sample.same or sample.data)
        found.append((sample, tuple(np.asarray(y).tobytes() for y in oracle.run(sample.inputs, sample.outputs))))
    return found


def case_of(graph: Graph, sample: Sample, sizes: tuple[int, ...]) -> kernel_harness.Case | None:
    """The call of the only node that is left; None where it is no call."""
    (node,) = graph.nodes
    on = Operands.of(graph, node)
    call = node.op.kernel(node, on)
    assert (call is None) == node.op.aliases()
    if call is None:
        return None
    arrays = first_state(graph) | {tensor.index: tensor.data for tensor in graph.constants() if tensor.data is not None}
    updates = tuple(call.inputs.index(node.inputs[i]) for i in node.op.states())
    return kernel_harness.Case(call, arrays | dict(zip(graph.inputs, sample.inputs, strict=True)), sizes, node.op.in_place(on), updates)


def test_every_operator_has_random_models() -> None:
    assert set(operators()) == {operator_of(name) for name in makers}


@pytest.mark.parametrize("name", sorted(makers))
def test_reference_equals_the_interpreter(name: str) -> None:
    for sample, want in expected(name):
        graph = read(sample.data, name)
        got = run_reference(graph, sample.inputs)
        assert tuple(got[t].tobytes() for t in graph.outputs) == want, sample.what


@pytest.mark.parametrize("name", sorted(makers))
def test_kernels_equal_the_interpreter(name: str, tmp_path: Path, objects: list[Path]) -> None:
    cases, wanted = [], []
    for sample, want in expected(name):
        graph = read(sample.data, name)
        case = case_of(graph, sample, tuple(map(len, want)))
        if case is not None:
            after = run_reference(graph, sample.inputs)
            cases.append(case)
            wanted.append((sample, b"".join((*want, *(after[case.call.inputs[i]].tobytes() for i in case.updates)))))
    assert cases or name in NO_KERNEL
    for (sample, whole), outputs in zip(wanted, kernel_harness.run(tmp_path, objects, cases) if cases else (), strict=True):
        for variant, got in outputs.items():
            assert got.tobytes() == whole, f"{variant}: {sample.what}: {np.frombuffer(whole, dtype=np.int8)} and {got}"


def test_differences_are_exact_for_every_pair_of_values() -> None:
    """With scales at which the interpreter's arithmetic in double gives other bytes than in float."""
    a, b = (v.astype(np.int8).reshape(1, -1) for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))
    m = Model()
    x = [m.tensor(a.shape, "int8", scale, 0) for scale in (0.019140340387821198, 0.013681464828550816)]
    y = m.tensor(a.shape, "int8", 0.008977824822068214, 0)
    m.operator("SUB", x, [y], "SubOptions")
    data = m.build(x, [y])
    (want,) = Oracle(data, 1 << 20).run((a, b))
    graph = read(data, "sub")
    np.testing.assert_array_equal(run_reference(graph, (a, b))[graph.outputs[0]], want)


# Nothing is left to compute: the bytes stay where they are.
NO_KERNEL = frozenset({"reshape", "expand_dims", "squeeze"})

# Sizes and steps that a kernel must find to be at least 1; the rest of a kernel's parameters may be zero.
POSITIVE = frozenset(
    {"batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "channels", "kernel_h", "kernel_w", "stride_h", "stride_w"}
    | {"dilation_h", "dilation_w", "depth_multiplier", "rows", "depth", "units", "elements", "outer", "count", "inner"}
    | {"size0", "size1", "size2", "size3", "run0"}
    | {"parts", "rank", "filters", "kept_rank", "element_bytes", "batches", "inputs", "outputs"}
)

_refusing: set[str] = set()


@pytest.mark.parametrize("name", sorted(makers))
def test_kernels_refuse_what_their_headers_say_before_any_write(name: str, tmp_path: Path, objects: list[Path]) -> None:
    sample, want = expected(name)[0]
    case = case_of(read(sample.data, name), sample, tuple(map(len, want)))
    if case is None:
        assert name in NO_KERNEL
        return
    if case.call.kernel in _refusing:
        return  # another operator that uses this kernel has shown it
    _refusing.add(case.call.kernel)
    refused = kernel_harness.refusals(
        tmp_path, objects, case, [f for f, v in case.call.params if f.removeprefix("over.") in POSITIVE and isinstance(v, int)]
    )
    assert refused
    assert {what: got for what, got in refused.items() if got != (-errno.EINVAL, True)} == {}
