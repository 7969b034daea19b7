"""The schedule: every byte a layer reads is still what was written, whatever shares memory."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.errors import UnsupportedOperator
from stator.frontends.tflite import read
from stator.ir import Graph
from stator.memory.pack import Block, pack
from stator.ops import Array, Operands, run_reference
from stator.schedule import Schedule, schedule
from tests.python.graphs import SCALE, random_graph, random_inputs, tiny
from tests.python.tflite_builder import Model

GRAPHS = st.builds(random_graph, st.integers(0, 10_000), st.integers(1, 14))


def run_in_arena(planned: Schedule, inputs: list[Array]) -> list[Array]:
    """Runs the reference operators over one poisoned arena, as the C does: outputs go over whatever lies at their offset."""
    graph = planned.graph
    packing = pack([Block(b.bytes, b.align, b.first, b.last) for b in planned.buffers], planned.gaps)
    arena = np.full(packing.bytes, 0xA5, dtype=np.uint8)

    def view(tensor: int) -> Array:
        kind, at = graph.tensors[tensor].type, packing.offsets[planned.buffer_of[tensor]] + planned.within[tensor]
        return arena[at : at + kind.bytes].view(kind.dtype.numpy).reshape(kind.shape)

    for tensor, array in zip(graph.inputs, inputs, strict=True):
        view(tensor)[...] = array
    for step in planned.steps:
        operands = [None if i < 0 else graph.tensors[i].data if graph.tensors[i].constant else view(i) for i in step.node.inputs]
        results = step.node.op.reference(Operands.of(graph, step.node), *operands)
        for tensor, result in zip(step.node.outputs, results, strict=True):
            view(tensor)[...] = result
    return [view(t).copy() for t in graph.outputs]


@given(GRAPHS)
@settings(max_examples=60, deadline=None)
def test_sharing_bytes_never_changes_a_result(graph: Graph) -> None:
    inputs = random_inputs(graph, np.random.default_rng(1))
    expected = run_reference(graph, inputs)
    for tensor, got in zip(graph.outputs, run_in_arena(schedule(graph), inputs), strict=True):
        np.testing.assert_array_equal(got, expected[tensor])


@given(GRAPHS)
@settings(max_examples=40, deadline=None)
def test_buffers_cover_every_use_and_outputs_live_to_the_end(graph: Graph) -> None:
    planned = schedule(graph)
    for step in planned.steps:
        for tensor in (*step.call.inputs, *step.call.outputs):
            buffer = planned.buffers[planned.buffer_of[tensor]]
            assert buffer.first <= step.index <= buffer.last
            assert buffer.bytes >= graph.tensors[tensor].type.bytes
            assert tensor in buffer.tensors
    for tensor in graph.outputs:
        assert planned.buffers[planned.buffer_of[tensor]].last == max(len(planned.steps) - 1, 0)
    for tensor in graph.inputs:
        assert planned.buffers[planned.buffer_of[tensor]].first == 0
    everything = list(itertools.chain.from_iterable(b.tensors for b in planned.buffers))
    assert len(everything) == len(set(everything))


def random_views(seed: int) -> Graph:
    """Splits, slices, concatenations, sums and products of rows; all tensors have one scale, many are parts of others."""
    rng = np.random.default_rng(seed)
    m = Model()

    def rows(count: int) -> int:
        return m.tensor((count, 8), "int8", SCALE, 3)

    alive = {rows(4): 4}
    inputs = list(alive)

    def pick(least: int = 1) -> int:
        return int(rng.choice([t for t, count in alive.items() if count >= least]))

    def integers(*values: int) -> int:
        return m.tensor((len(values),), "int32", data=np.array(values, dtype=np.int32))

    for _ in range(int(rng.integers(1, 12))):
        kind = rng.choice(["split", "slice", "concat", "add", "fc"])
        if kind == "split":
            x = pick(2)
            first = int(rng.integers(1, alive[x]))
            parts = [rows(first), rows(alive[x] - first)]
            m.operator("SPLIT_V", [x, integers(first, alive[x] - first), m.tensor((1,), "int32", data=np.zeros(1, np.int32))], parts)
            alive |= dict(zip(parts, (first, alive[x] - first), strict=True))
        elif kind == "slice":
            x = pick(2)
            y = rows(1)
            m.operator("SLICE", [x, integers(int(rng.integers(alive[x])), 0), integers(1, 8)], [y], "SliceOptions")
            alive[y] = 1
        elif kind == "concat":
            some = [pick() for _ in range(int(rng.integers(2, 4)))]
            y = rows(sum(alive[t] for t in some))
            m.operator("CONCATENATION", some, [y], "ConcatenationOptions", Axis=0)
            alive[y] = sum(alive[t] for t in some)
        elif kind == "add":
            x = pick()
            y = rows(alive[x])
            m.operator("ADD", [x, int(rng.choice([t for t, count in alive.items() if count == alive[x]]))], [y], "AddOptions")
            alive[y] = alive[x]
        else:
            x = pick()
            y = rows(alive[x])
            weights = m.tensor((8, 8), "int8", 0.02, data=rng.integers(-127, 128, (8, 8), dtype=np.int8))
            m.operator("FULLY_CONNECTED", [x, weights, -1], [y], "FullyConnectedOptions", KeepNumDims=True)
            alive[y] = alive[x]
    made = [t for t in alive if t not in inputs]
    outputs = sorted({made[-1], made[int(rng.integers(len(made)))]})
    return read(m.build(inputs, outputs), f"views_{seed}")


def test_parts_of_other_tensors_keep_their_values() -> None:
    placed = 0
    for seed in range(300):
        graph = random_views(seed)
        planned = schedule(graph)
        inputs = random_inputs(graph, np.random.default_rng(seed))
        expected = run_reference(graph, inputs)
        for tensor, got in zip(graph.outputs, run_in_arena(planned, inputs), strict=True):
            np.testing.assert_array_equal(got, expected[tensor], err_msg=f"seed {seed}")
        placed += len(graph.nodes) - len(planned.steps)
    assert placed > 300


def test_rows_are_split_and_joined_without_a_copy() -> None:
    m = Model()
    x, y = m.tensor((4, 8), "int8", SCALE, 0), m.tensor((4, 8), "int8", SCALE, 0)
    axis = m.tensor((1,), "int32", data=np.zeros(1, dtype=np.int32))
    halves = [m.tensor((2, 8), "int8", SCALE, 0) for _ in range(2)]
    sums = [m.tensor((2, 8), "int8", SCALE, 0) for _ in range(2)]
    m.operator("SPLIT", [axis, x], halves, "SplitOptions", NumSplits=2)
    for half, total in zip(halves, sums, strict=True):
        m.operator("ADD", [half, half], [total], "AddOptions")
    m.operator("CONCATENATION", sums, [y], "ConcatenationOptions", Axis=0)
    planned = schedule(read(m.build([x], [y]), "halves"))
    assert [step.node.op.name for step in planned.steps] == ["ADD", "ADD"]
    assert [planned.within[t] for t in (x, *halves, y, *sums)] == [0, 0, 16, 0, 0, 16]
    assert len({planned.buffer_of[t] for t in (x, *halves)}) == len({planned.buffer_of[t] for t in (y, *sums)}) == 1


def test_tensor_that_is_joined_twice_is_copied_once() -> None:
    m = Model()
    x, y = m.tensor((2, 8), "int8", SCALE, 0), m.tensor((4, 8), "int8", SCALE, 0)
    z = m.tensor((4, 8), "int8", SCALE, 0)
    m.operator("CONCATENATION", [x, x], [y], "ConcatenationOptions", Axis=0)
    m.operator("ADD", [y, y], [z], "AddOptions")
    assert [step.node.op.name for step in schedule(read(m.build([x], [z]), "twice")).steps] == ["CONCATENATION", "ADD"]


def test_reshape_copies_nothing() -> None:
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, 0)
    shape = m.tensor((2,), "int32", data=np.array([2, 2], dtype=np.int32))
    flat = m.tensor((2, 2), "int8", SCALE, 0)
    y = m.tensor((2, 2), "int8", 1 / 256, -128)
    m.operator("RESHAPE", [x, shape], [flat], "ReshapeOptions")
    m.operator("SOFTMAX", [flat], [y], "SoftmaxOptions", Beta=1.0)
    planned = schedule(read(m.build([x], [y]), "reshape"))
    assert len(planned.steps) == 1
    assert planned.buffer_of[x] == planned.buffer_of[flat]


def test_layer_writes_over_an_input_that_nobody_reads_later() -> None:
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, 0)
    y = m.tensor((1, 4), "int8", 1 / 256, -128)
    m.operator("SOFTMAX", [x], [y], "SoftmaxOptions", Beta=1.0)
    planned = schedule(read(m.build([x], [y]), "in_place"))
    assert planned.buffer_of[x] == planned.buffer_of[y]
    assert [b.bytes for b in planned.buffers] == [4]


def test_layer_does_not_write_over_an_output_of_the_graph() -> None:
    planned = schedule(tiny())
    logits, softmax = planned.graph.outputs
    assert planned.buffer_of[logits] != planned.buffer_of[softmax]


def test_equal_tables_are_stored_once() -> None:
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, 0)
    values = np.ones((4, 4), dtype=np.int8)
    tensors = [x]
    for i in range(3):
        weights = m.tensor((4, 4), "int8", 0.02, data=values, name=f"w{i}")
        tensors.append(m.tensor((1, 4), "int8", SCALE, 0))
        m.operator("FULLY_CONNECTED", [tensors[-2], weights, -1], [tensors[-1]], "FullyConnectedOptions")
    planned = schedule(read(m.build([x], [tensors[-1]]), "thrice"))
    assert [t.symbol for t in planned.tables if "weights" in t.symbol] == ["layer0_weights"]
    assert planned.weights_bytes < 2 * values.nbytes


def test_constant_in_the_place_of_a_result_is_refused_by_name() -> None:
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, 0, name="frozen")
    z = m.tensor((2, 2), "int8", SCALE, 0)
    m.operator("RESHAPE", [x, m.tensor((2,), "int32", data=np.array([2, 2], dtype=np.int32))], [z], "ReshapeOptions")
    graph = read(m.build([x], [z]), "constant")
    frozen = dataclasses.replace(graph.tensors[x], data=np.zeros((1, 4), dtype=np.int8))
    graph = dataclasses.replace(graph, inputs=(), tensors={**graph.tensors, x: frozen})
    with pytest.raises(UnsupportedOperator, match=r"node 0 \(RESHAPE\): reads the constant 'frozen'"):
        schedule(graph)


def test_output_that_is_known_beforehand_is_copied_out_of_flash() -> None:
    m = Model()
    x = m.tensor((1, 4), "int8", SCALE, 0)
    y, sizes = m.tensor((1, 4), "int8", 1 / 256, -128), m.tensor((2,), "int32")
    m.operator("SOFTMAX", [x], [y], "SoftmaxOptions", Beta=1.0)
    m.operator("SHAPE", [x], [sizes], "ShapeOptions", OutType=2)
    planned = schedule(read(m.build([x], [y, sizes]), "known"))
    assert [step.node.op.name for step in planned.steps] == ["SOFTMAX", "CONSTANT"]
    (table,) = (t for t in planned.tables if t.symbol == "layer1_input0")
    assert table.constant.data.tolist() == [1, 4]


def test_constant_operand_is_a_table_and_takes_no_arena() -> None:
    m = Model()
    x = m.tensor((2, 4), "int8", SCALE, 0)
    constant = m.tensor((4,), "int8", SCALE, 0, data=np.arange(4, dtype=np.int8), name="frozen")
    y = m.tensor((2, 4), "int8", SCALE, 0)
    m.operator("ADD", [x, constant], [y], "AddOptions")
    planned = schedule(read(m.build([x], [y]), "constant"))
    (table,) = planned.tables
    assert table.symbol == "layer0_input1" and planned.table_of == {(0, "input1"): 0} and planned.weights_bytes == 4
    assert planned.buffer_of == {x: 0, y: 0}  # written over its input
