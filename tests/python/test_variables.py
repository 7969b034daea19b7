"""Resource variables: planned state, equal to the interpreter over many runs; what makes no sense is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stator.emit.model import source
from stator.errors import ModelError
from stator.frontends.tflite import read, survey
from stator.host import HostModel
from stator.ir import Graph
from stator.measure.layers import compare, expected, on_this_machine
from stator.ops import first_state, run_reference
from stator.passes import optimise
from tests.python import variable_models as models
from tests.python.oracle import Oracle
from tests.python.test_ops_emitted import bare
from tests.python.tflite_builder import Model

RUNS = 12


def sequence(graph: Graph, seed: int = 1) -> list[tuple[np.ndarray[tuple[int, ...], np.dtype[np.generic]], ...]]:
    rng = np.random.default_rng(seed)
    kinds = [graph.tensors[i].type for i in graph.inputs]
    return [tuple(rng.integers(-128, 128, kind.shape).astype(kind.dtype.numpy) for kind in kinds) for _ in range(RUNS)]


@pytest.mark.parametrize("name", models.MADE)
def test_every_run_equals_the_interpreter(name: str) -> None:
    rng = np.random.default_rng(7)
    for number in range(8):
        data = models.MADE[name](rng)
        plain = read(data, "m")
        sets, outputs = sequence(plain), len(plain.outputs)
        oracle = Oracle(data)
        want = [[np.asarray(y).tobytes() for y in oracle.run(inputs, outputs)] for inputs in sets]
        optimised = optimise(plain)
        for graph in (plain, optimised):
            state = first_state(graph)
            for inputs, expects in zip(sets, want, strict=True):
                state = run_reference(graph, inputs, state)
                assert [state[o].tobytes() for o in graph.outputs] == expects
        if number == 0:
            emitted = HostModel(bare(optimised), sanitize=True)
            assert [[y.tobytes() for y in ys] for ys in emitted.sequence(sets)] == want


@pytest.mark.parametrize("name", ["cut first", "cut last"])
def test_kept_columns_become_a_history(name: str) -> None:
    graph = optimise(read(models.MADE[name](np.random.default_rng(2)), "m"))
    assert [node.op.name for node in graph.nodes] == ["HISTORY", "FULLY_CONNECTED"]
    assert "HISTORY" not in {node.op.name for node in optimise(read(models.MADE["shown"](np.random.default_rng(2)), "m")).nodes}


def test_layers_are_compared_and_check_lists_them(tmp_path: Path) -> None:
    data = models.MADE["cut last"](np.random.default_rng(3))
    file = tmp_path / "m.tflite"
    file.write_bytes(data)
    graph = read(data, "m")
    sets = sequence(graph)
    oracle, wanted = expected(file, graph, sets)
    assert "tflite-micro" in oracle
    for each in (graph, optimise(graph)):
        compared = compare("here", each, wanted, on_this_machine(bare(each), sets))
        assert compared.exact and compared.bytes > 0
    seen = survey(data, "m")
    assert seen.taken and [s.op for s in seen.seen][:3] == ["CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE"]


def test_a_start_of_one_value_costs_no_table_and_another_is_one() -> None:
    def start(values: np.ndarray[tuple[int, ...], np.dtype[np.int8]]) -> str:
        m = Model()
        models.starts(m, {"sum": (values, 0.1, 0)})
        variable = models.handle(m, "sum")
        x, held, y = (m.tensor((1, 4), "int8", 0.1, 0) for _ in range(3))
        m.operator("READ_VARIABLE", [variable], [held])
        m.operator("ADD", [held, x], [y], "AddOptions")
        m.operator("ASSIGN_VARIABLE", [variable, y], [])
        return source(bare(read(m.build([x], [y]), "m")))

    assert "start0" not in start(np.full((1, 4), 7, np.int8))
    assert "start0" in start(np.array([[1, 2, 3, 4]], np.int8))


def test_a_variable_that_nothing_assigns_is_a_constant() -> None:
    m = Model()
    models.starts(m, {"bias": (np.array([[1, 2]], np.int32), (), 0)})  # type: ignore[dict-item]
    variable = models.handle(m, "bias")
    x, held, y = (m.tensor((1, 2), "int32") for _ in range(3))
    m.operator("READ_VARIABLE", [variable], [held])
    m.operator("ADD", [held, x], [y], "AddOptions")
    graph = read(m.build([x], [y]), "m")
    assert not any(graph.variables()) and [node.op.name for node in graph.nodes] == ["ADD"]


def test_an_assignment_that_nobody_reads_is_dropped() -> None:
    m = models.counter()
    m.operators = [op for op in m.operators if op.name != "READ_VARIABLE"]
    m.operators[1] = dataclasses.replace(m.operators[1], inputs=(1, 1))
    graph = read(m.build([1], [3]), "m")
    assert [node.op.name for node in optimise(graph).nodes] == ["ADD"]
    assert [node.op.name for node in optimise(read(models.counter().build([1], [3]), "m")).nodes][-1] == "ASSIGN_VARIABLE"


def _late(m: Model) -> None:
    models.starts(m, {"sum": (np.zeros((1, 2), np.int32), (), 0)})  # type: ignore[dict-item]


def _first(m: Model, initial: Model) -> None:
    m.initial = initial
    m.operator("CALL_ONCE", [], [], "CallOnceOptions", InitSubgraphIndex=1)
    m.operators.insert(0, m.operators.pop())


def _other_shape(m: Model) -> None:
    initial = Model()
    value = initial.tensor((1, 3), "int32", data=np.zeros((1, 3), np.int32))
    initial.operator("ASSIGN_VARIABLE", [models.handle(initial, "sum"), value], [])
    _first(m, initial)


def _computed(m: Model) -> None:
    initial = Model()
    a = initial.tensor((1, 2), "int32", data=np.zeros((1, 2), np.int32))
    initial.operator("ADD", [a, a], [initial.tensor((1, 2), "int32")], "AddOptions")
    _first(m, initial)


def _no_constant(m: Model) -> None:
    initial = Model()
    initial.operator("ASSIGN_VARIABLE", [models.handle(initial, "sum"), initial.tensor((1, 2), "int32")], [])
    _first(m, initial)


def _itself(m: Model) -> None:
    initial = Model()
    initial.operator("CALL_ONCE", [], [], "CallOnceOptions", InitSubgraphIndex=1)
    _first(m, initial)


def _twice(m: Model) -> None:
    initial = Model()
    value = initial.tensor((1, 2), "int32", data=np.zeros((1, 2), np.int32))
    initial.operator("ASSIGN_VARIABLE", [models.handle(initial, "sum"), value], [])
    _first(m, initial)
    m.operators.insert(0, m.operators[0])


def _not_called(m: Model) -> None:
    m.initial = Model()


def _elsewhere(m: Model) -> None:
    m.operator("CALL_ONCE", [], [], "CallOnceOptions", InitSubgraphIndex=7)
    m.operators.insert(0, m.operators.pop())


def _containers(m: Model) -> None:
    other = m.tensor((), "resource")
    m.operator("VAR_HANDLE", [], [other], "VarHandleOptions", SharedName="sum", Container="elsewhere")


def _set(position: int, **changes: Any) -> Callable[[Model], None]:
    def change(m: Model) -> None:
        m.operators[position] = dataclasses.replace(m.operators[position], **changes)

    return change


REFUSED: dict[str, tuple[Callable[[Model], None], str]] = {
    "started late": (_late, "after their first use"),
    "started in another shape": (_other_shape, r"starts as int32\[1, 3\]"),
    "started by a computation": (_computed, "ADD initialises"),
    "started by what is no constant": (_no_constant, "no constant"),
    "started by itself": (_itself, "CALL_ONCE initialises"),
    "a second subgraph that nothing calls": (_not_called, "no CALL_ONCE names"),
    "started twice": (_twice, "a second CALL_ONCE"),
    "a subgraph that does not exist": (_elsewhere, "calls subgraph 7"),
    "one name in two containers": (_containers, "two variables of one name"),
    "a handle without a name": (_set(0, table=None), "without a name"),
    "a handle that is none": (_set(1, inputs=(1,)), "no handle"),
    "a missing handle": (_set(1, inputs=(-1,)), "1 inputs and 1 outputs"),
    "no handle": (_set(1, inputs=()), "0 inputs and 1 outputs"),
    "too many operands": (_set(3, inputs=(0, 3, 3)), "3 inputs and 0 outputs"),
    "assigned before it is there": (_set(3, inputs=(0, 55)), "tensor 55"),
    "a handle with the options of another": (_set(0, table="AddOptions", options={}), "carries AddOptions"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_makes_no_sense_is_refused(what: str) -> None:
    change, said = REFUSED[what]
    m = models.counter()
    change(m)
    with pytest.raises(ModelError, match=said) as caught:
        read(m.build([1], [3]), "m")
    assert caught.value.remedy


def test_a_variable_of_another_form_than_what_is_read_is_refused() -> None:
    m = models.counter()
    wide = m.tensor((1, 4), "int32")
    m.operator("CONCATENATION", [3, 3], [wide], "ConcatenationOptions", Axis=1)
    m.operator("ASSIGN_VARIABLE", [0, wide], [])
    with pytest.raises(ModelError, match="follows from its inputs"):
        read(m.build([1], [3]), "m")
