"""Kernel variants written for a core, on that core's simulator: right values, and nothing touched that is not theirs."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from stator.frontends.tflite import read
from stator.kernels import Kernel, kernels, laid_out
from stator.ops import Array, KernelCall, Operands, run_reference
from stator.variants import NotTaken
from tests.python.board_kernels import FOLDER, MACHINES, Case, Machine, run
from tests.python.every_op import makers, samples
from tests.python.needs import needs
from tests.python.single_op_core import core_samples

pytestmark = pytest.mark.sim

COUNT = 40  # random models of each operator
ENOUGH = 15  # calls that a variant must be tried with
STACK_BYTES = 384  # the largest promise of a header

BROKEN = ("none", "value", "register", "vector", "stack", "before", "behind", "input", "status")
SAID = {
    "none": "",
    "value": "value 15 ",
    "register": "registers 16",  # r8, s4
    "vector": "registers 1024",  # d9
    "stack": "registers ",  # bit 9 on Arm, bit 13 on RISC-V
    "before": "out -1 ",
    "behind": "out 16 ",
    "input": "fault ",
    "status": "status -22",
}


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> Machine:
    found = MACHINES[request.param]
    needs(found.program, found.compiler[0])
    return found


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_kernel_is_found(machine: Machine, how: str, tmp_path: Path) -> None:
    """A kernel that negates 16 bytes, and is wrong in one way."""
    if how == "vector" and not machine.vectors:
        pytest.skip(f"{machine.board} has no FPU")
    x = np.arange(16, dtype=np.int8)
    call = KernelCall("broken", "broken.h", "broken", (0,), (1,), ())
    case = Case(f"broken_{how}", call, (x,), (-x).tobytes())
    (finding,) = run(machine, tmp_path, [FOLDER / machine.caller.replace("checked_call", "broken")], [case])
    if how == "none":
        assert finding.wrong == ()
        assert finding.stack_bytes == 16
    else:
        assert any(said.startswith(SAID[how]) for said in finding.wrong), finding


@functools.cache
def calls() -> tuple[tuple[KernelCall, dict[int, Array], bytes, str], ...]:
    """Calls of kernels as operators make them, with inputs and the right output: random small ones, and large ones at tiles' ends."""
    return tuple(_calls())


def _calls() -> Iterator[tuple[KernelCall, dict[int, Array], bytes, str]]:
    for sample in (*(s for name in sorted(makers) for s in samples(name, COUNT, seed=7)), *core_samples()):
        graph = read(sample.data, "sample")
        (node,) = graph.nodes
        call = node.op.kernel(node, Operands.of(graph, node))
        if call is not None and len(call.outputs) == 1 and not call.lists:
            found = run_reference(graph, sample.inputs)
            call = dataclasses.replace(call, in_place=(*node.op.in_place(Operands.of(graph, node)), *call.in_place))
            yield call, {i: found[i] for i in call.inputs}, found[call.outputs[0]].tobytes(), sample.what


def placed(call: KernelCall) -> Iterator[tuple[KernelCall, int | None]]:
    """The call with its output apart, and as near to its input as its order of reads and writes allows."""
    yield call, None
    if (0, 0) in call.in_place:
        yield call, 0
    for overlap in call.overlaps:
        for distance, backwards in ((overlap.ahead, False), (overlap.behind, True)):
            if distance is not None:
                params = tuple((name, int(backwards) if name == "backwards" else value) for name, value in call.params)
                yield dataclasses.replace(call, params=params), distance if backwards else -distance


def variants(machine: Machine) -> list[Kernel]:
    return [k for k in kernels() if k.isa in machine.isas]


@pytest.mark.parametrize(
    ("machine", "variant"), [pytest.param(m.board, v, id=v.name) for m in MACHINES.values() for v in variants(m)], indirect=["machine"]
)
def test_a_variant_is_right_and_touches_only_what_is_its_own(machine: Machine, variant: Kernel, tmp_path: Path) -> None:
    cases, what = [], []
    for call, values, want, described in calls():
        if call.kernel != variant.kernel:
            continue
        with contextlib.suppress(NotTaken):
            for form, distance in placed(laid_out(variant, call)):
                cases.append(Case(variant.symbol, form, tuple(values[i] for i in form.inputs), want, distance))
                what.append(f"{described} at {distance}")
    assert len(what) >= ENOUGH
    every = -(-len(cases) // machine.most)
    cases, what = cases[::every], what[::every]
    findings = run(machine, tmp_path, variant.sources, cases)
    bad = [f"{described}: {finding.wrong}" for described, finding in zip(what, findings, strict=True) if finding.wrong]
    assert bad == []
    assert max(finding.stack_bytes for finding in findings) <= STACK_BYTES
