"""The first layers in strips: every row is bit for bit what the whole layer computes, and much less lives at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stator.board import Board, load_board
from stator.errors import DoesNotFit
from stator.fit import fitted
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.memory import plan
from stator.ops import Array, run_reference
from stator.passes import optimise
from stator.passes.patches import choices, first_layers, in_strips
from stator.passes.verify import verify
from stator.schedule import macs, schedule
from stator.spec import Budgets, ModelSpec
from tests.python.conv_graphs import Stack
from tests.python.test_emit import bare


def wide(seed: int = 0, size: int = 32) -> bytes:
    """Large first images, as in a vision model: convolution, inverted bottleneck, pooling, then a few small layers."""
    stack = Stack(seed, (1, size, size, 1))
    stack.conv(8, 3, share=0.0, stride=2)
    stack.depthwise(3, share=0.0)
    stack.conv(32, 1, share=0.0)
    stack.depthwise(3, share=0.0, stride=2)
    stack.conv(8, 1, share=0.0)
    stack.pool("MAX_POOL_2D")
    stack.conv(8, 3, share=0.0)
    before = stack.x
    stack.conv(8, 3, share=0.0)
    stack.residual(before)
    stack.mean()
    stack.dense(4)
    return stack.build()


def graph_and_input(seed: int) -> tuple[Graph, Array]:
    graph = read(wide(seed), "wide")
    return graph, np.random.default_rng(seed).integers(-128, 128, graph.tensors[graph.inputs[0]].type.shape, dtype=np.int8)


def test_chain_ends_where_a_tensor_has_two_readers() -> None:
    graph, _ = graph_and_input(0)
    names = [node.op.name for node in first_layers(graph)]
    assert names == ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "MAX_POOL_2D", "CONV_2D"]


@pytest.mark.parametrize("seed", range(4))
def test_every_row_of_every_strip_is_what_the_whole_layer_computes(seed: int) -> None:
    graph, x = graph_and_input(seed)
    whole = run_reference(graph, [x])
    some = list(choices(graph))
    assert len(some) > 20
    for cut in some:
        verify(cut)
        assert macs(cut) >= macs(graph)
        strips = run_reference(cut, [x])
        for tensor, (source, first, end) in cut.rows.items():
            np.testing.assert_array_equal(strips[tensor], whole[source][:, first:end])
        for tensor in cut.outputs:
            np.testing.assert_array_equal(strips[tensor], whole[tensor])


def test_strips_cannot_be_more_than_rows_nor_reach_past_the_chain() -> None:
    graph, _ = graph_and_input(0)
    assert in_strips(graph, 1, 17) is None
    assert in_strips(graph, 8, 2) is None
    assert in_strips(graph, 1, 1) is None


def test_generated_code_in_strips_is_exact_layer_by_layer_in_less_memory() -> None:
    graph, x = graph_and_input(1)
    before, made = bare(graph), bare(in_strips(graph, 5, 4) or graph)
    assert made.arena_bytes < 0.6 * before.arena_bytes
    assert {step.node.op.name for step in made.schedule.steps} >= {"CONV_2D", "DEPTHWISE_CONV_2D"}
    assert not any(step.node.op.name in ("SLICE", "CONCATENATION") for step in made.schedule.steps)  # nothing is copied
    whole, rows = run_reference(graph, [x]), made.schedule.graph.rows
    for step, tensor, got in HostModel(made, sanitize=True, optimise="-O1").run_layers([x]):
        source, first, end = rows.get(tensor, (tensor, 0, 0))
        want = whole[source][:, first:end] if tensor in rows else whole[tensor]
        np.testing.assert_array_equal(got, want, err_msg=f"layer {step}")


def spec(arena_bytes: int | None) -> ModelSpec:
    return ModelSpec.model_construct(name="wide", folder=Path("/nowhere"), file="wide.tflite", budgets=Budgets(arena_bytes=arena_bytes))


def small_board(ram_bytes: int) -> Board:
    board = load_board("host")
    ram = board.memory["ram"].model_copy(update={"bytes": ram_bytes})
    return board.model_copy(update={"memory": {**board.memory, "ram": ram}})


def test_strips_are_cut_only_where_memory_asks_for_them_and_with_the_least_work() -> None:
    graph, _ = graph_and_input(2)
    board = load_board("host")
    whole = plan(schedule(graph), board, spec(None), None)
    assert fitted(graph, board, spec(None), None).arena_bytes == whole.arena_bytes
    tight = int(0.6 * whole.arena_bytes)
    by_budget, by_board = fitted(graph, board, spec(tight), None), fitted(graph, small_board(tight), spec(None), None)
    for made in (by_budget, by_board):
        assert made.arena_bytes <= tight
        assert made.schedule.macs > whole.schedule.macs
        less_work = [cut for cut in choices(graph) if macs(cut) < made.schedule.macs]
        assert all(plan(schedule(cut), board, spec(None), None).arena_bytes > tight for cut in less_work)


def test_what_does_not_fit_in_strips_either_is_refused_as_before() -> None:
    graph = graph_and_input(3)[0]
    with pytest.raises(DoesNotFit, match="model 'wide' does not fit board 'host'"):
        fitted(graph, small_board(1024), spec(None), None)
    assert fitted(graph, load_board("host"), spec(1024), None).arena_bytes > 1024  # the verdict says so


@pytest.mark.slow
def test_mobilenet_needs_two_fifths_of_the_memory_for_a_seventh_more_work(tmp_path: Path) -> None:
    """MobileNetV2 of width 0.35 at 144 x 144 x 3, from Keras, against its peak layer by layer, overlap included."""
    tf = pytest.importorskip("tensorflow")
    tf.keras.utils.set_random_seed(0)
    net = tf.keras.applications.MobileNetV2(input_shape=(144, 144, 3), alpha=0.35, weights=None, classes=10, classifier_activation=None)
    rng = np.random.default_rng(0)
    converter = tf.lite.TFLiteConverter.from_keras_model(net)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([rng.uniform(-1, 1, (1, 144, 144, 3)).astype(np.float32)] for _ in range(3))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    loaded = read(converter.convert(), "mobilenet")
    graph, board = optimise(loaded), load_board("host")
    whole = plan(schedule(graph), board, spec(None), None)
    made = fitted(graph, board, spec(int(0.4 * whole.arena_bytes)), None)
    assert made.arena_bytes <= 0.4 * whole.arena_bytes
    assert made.schedule.macs <= 1.15 * whole.schedule.macs
    x = rng.integers(-128, 128, (1, 144, 144, 3), dtype=np.int8)
    ((got,),) = HostModel(made).run([[x]])
    np.testing.assert_array_equal(got, run_reference(loaded, [x])[loaded.outputs[0]])
