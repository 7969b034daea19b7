"""Models that keep a state: over many runs, NumPy reference and emitted C equal the interpreter; broken ones are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from stator.emit.model import header, source
from stator.errors import ModelError
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ops import first_state, run_reference
from stator.passes import optimise
from stator.schedule import schedule
from tests.python.every_op import samples
from tests.python.oracle import Oracle
from tests.python.test_ops_emitted import bare
from tests.python.tflite_builder import Model

STATEFUL = ("svdf", "unidirectional_sequence_lstm", "unidirectional_sequence_lstm_int16")
RUNS = 9


@pytest.mark.parametrize("name", STATEFUL)
def test_every_run_equals_the_interpreter(name: str) -> None:
    rng = np.random.default_rng(1)
    for number, sample in enumerate(samples(name, 12, seed=2)):
        graph = optimise(read(sample.data, name))
        (x,) = sample.inputs
        reach = np.iinfo(x.dtype)
        sets = [(rng.integers(reach.min, reach.max, x.shape, dtype=x.dtype, endpoint=True),) for _ in range(RUNS)]
        oracle = Oracle(sample.data)
        want = [oracle.run(inputs)[0].tobytes() for inputs in sets]
        state = first_state(graph)
        for inputs, expected in zip(sets, want, strict=True):
            state = run_reference(graph, inputs, state)
            assert state[graph.outputs[0]].tobytes() == expected, sample.what
        if number < 4:
            emitted = HostModel(bare(graph), sanitize=True)
            assert [y.tobytes() for (y,) in emitted.sequence(sets)] == want, sample.what
            # Each run from the start: the state is what init makes it.
            assert emitted.run(sets[:1])[0][0].tobytes() == want[0]


@pytest.mark.parametrize("name", STATEFUL)
def test_a_state_shares_its_bytes_with_nothing_and_is_set_by_init(name: str) -> None:
    graph = read(next(samples(name, 1)).data, name)
    planned = schedule(graph)
    variables = sorted(graph.variables(), key=lambda v: planned.within[v.index])
    (state,) = {planned.buffer_of[v.index] for v in variables}
    buffer = planned.buffers[state]
    assert set(buffer.tensors) == {v.index for v in variables} and (buffer.first, buffer.last) == (0, len(planned.steps) - 1)
    ends = [0, *(planned.within[v.index] + v.type.bytes for v in variables)]
    assert all(end <= planned.within[v.index] for end, v in zip(ends, variables, strict=False)) and ends[-1] <= buffer.bytes


def test_init_sets_the_state() -> None:
    plan = bare(read(next(samples("svdf", 1)).data, "svdf"))
    (variable,) = plan.schedule.graph.variables()
    assert f"memset(at(arena, {plan.offset(variable.index)}), 0, {variable.type.bytes});" in source(plan)
    assert "Sets the model's state" in header(plan)


def recurrent() -> Model:
    """SVDF over a state; the tensors are x, feature weights, time weights, bias, state, y."""
    m = Model()
    x = m.tensor((1, 2), "int8", 0.1, 0)
    feature = m.tensor((2, 2), "int8", 0.1, 0, data=np.ones((2, 2), dtype=np.int8))
    time = m.tensor((2, 3), "int16", 0.001, 0, data=np.ones((2, 3), dtype=np.int16))
    bias = m.tensor((2,), "int32", 0.00001, 0, data=np.zeros(2, dtype=np.int32))
    state = m.tensor((1, 6), "int16", 0.01, 0, variable=True)
    y = m.tensor((1, 2), "int8", 0.1, 0)
    m.operator("SVDF", [x, feature, time, bias, state], [y], "SVDFOptions", Rank=1)
    return m


def test_a_state_that_is_no_variable_or_is_shared_is_refused() -> None:
    assert read(recurrent().build([0], [5]), "whole").nodes
    fixed = recurrent()
    fixed.tensors[4].variable = False
    with pytest.raises(ModelError, match="before anything writes it"):
        read(fixed.build([0], [5]), "fixed")
    with pytest.raises(ModelError, match="variable is a constant, an input or an output"):
        read(recurrent().build([0, 4], [5]), "fed")
    shared = recurrent()
    twin = shared.tensor((1, 2), "int8", 0.1, 0)
    shared.operators.append(dataclasses.replace(shared.operators[0], outputs=(twin,)))
    with pytest.raises(ModelError, match="does not update"):
        read(shared.build([0], [5, twin]), "shared")
    read_elsewhere = recurrent()
    copy = read_elsewhere.tensor((1, 6), "int16", 0.01, 0)
    read_elsewhere.operator("RELU", [4], [copy])
    with pytest.raises(ModelError, match="does not update"):
        read(read_elsewhere.build([0], [5, copy]), "read elsewhere")
