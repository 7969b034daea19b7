"""Every operator, NumPy reference and compiled kernels, against the interpreter that defines the semantics: byte for byte."""

from __future__ import annotations

import errno
import functools
from pathlib import Path

import numpy as np
import pytest

from stator.frontends.tflite import read
from stator.ops import Operands, operators, run_reference
from tests.python import kernel_harness
from tests.python.oracle import Oracle
from tests.python.single_op import Sample, makers, samples

COUNT = 60


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return kernel_harness.compile_objects(tmp_path_factory.mktemp("kernels"))


@functools.cache
def expected(name: str) -> list[tuple[Sample, bytes]]:
    """Samples of an operator with what the interpreter makes of them."""
    return [(sample, Oracle(sample.data).run(sample.inputs)[0].tobytes()) for sample in samples(name, COUNT)]


def test_every_operator_has_random_models() -> None:
    assert {name.lower() for name in operators()} == set(makers)


@pytest.mark.parametrize("name", sorted(makers))
def test_reference_equals_the_interpreter(name: str) -> None:
    for sample, want in expected(name):
        graph = read(sample.data, name)
        got = run_reference(graph, sample.inputs)[graph.outputs[0]]
        assert got.tobytes() == want, sample.what


@pytest.mark.parametrize("name", sorted(makers))
def test_kernels_equal_the_interpreter(name: str, tmp_path: Path, objects: list[Path]) -> None:
    cases, wanted = [], []
    for sample, want in expected(name):
        graph = read(sample.data, name)
        (node,) = graph.nodes
        on = Operands.of(graph, node)
        call = node.op.kernel(node, on)
        assert (call is None) == node.op.aliases()
        if call is not None:
            inputs = dict(zip(graph.inputs, sample.inputs, strict=True))
            cases.append(kernel_harness.Case(call, inputs, len(want), node.op.in_place(on)))
            wanted.append((sample, want))
    if not cases:
        assert name in ("reshape", "expand_dims", "squeeze")
        return
    for (sample, want), outputs in zip(wanted, kernel_harness.run(tmp_path, objects, cases), strict=True):
        for variant, got in outputs.items():
            assert got.tobytes() == want, f"{variant}: {sample.what}: {np.frombuffer(want, dtype=np.int8)} and {got}"


# Sizes and steps that a kernel must find to be at least 1; the rest of a kernel's parameters may be zero.
POSITIVE = frozenset(
    {"batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "channels", "kernel_h", "kernel_w", "stride_h", "stride_w"}
    | {"dilation_h", "dilation_w", "depth_multiplier", "rows", "depth", "units", "elements", "outer", "count", "inner"}
    | {"size0", "size1", "size2", "size3", "run0"}
)


@pytest.mark.parametrize("name", sorted(makers))
def test_kernels_refuse_what_their_headers_say_before_any_write(name: str, tmp_path: Path, objects: list[Path]) -> None:
    sample, want = expected(name)[0]
    graph = read(sample.data, name)
    (node,) = graph.nodes
    call = node.op.kernel(node, Operands.of(graph, node))
    if call is None:
        assert node.op.aliases()
        return
    case = kernel_harness.Case(call, dict(zip(graph.inputs, sample.inputs, strict=True)), len(want))
    refused = kernel_harness.refusals(tmp_path, objects, case, [f for f, _ in call.params if f in POSITIVE])
    assert refused
    assert {what: got for what, got in refused.items() if got != (-errno.EINVAL, True)} == {}
