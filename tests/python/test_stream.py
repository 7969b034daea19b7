"""Column by column: every frame's outputs, and all that is computed on the way, are those of the whole window, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from stator.board import load_board
from stator.fit import fitted
from stator.frontends.tflite import read
from stator.host import HostModel
from stator.ir import Graph
from stator.measure.layers import compare, newest, on_this_machine, windows_of
from stator.memory import load_tasks
from stator.ops import Array, first_state, run_reference
from stator.ops._running_mean import RunningMean
from stator.ops.mean import Mean
from stator.passes import optimise
from stator.passes.stream import streamed
from stator.passes.verify import verify
from stator.schedule import macs
from stator.spec import Budgets, load_model_spec
from tests.python.test_ops_emitted import bare
from tests.python.time_graphs import Window, random_window


def columns(graph: Graph, frames: int, count: int, seed: int = 0) -> list[Array]:
    """The columns of `count` frames."""
    source = graph.tensors[graph.inputs[0]].type
    return list(np.random.default_rng(seed).integers(-128, 128, (count, source.elements // frames), dtype=np.int8))


def windows(graph: Graph, frames: int, given: list[Array]) -> list[Array]:
    """The window of every frame; before the first one it holds the zero point."""
    kind = graph.tensors[graph.inputs[0]].type
    assert kind.quant is not None
    whole = np.full((frames, kind.elements // frames), kind.quant.zero_point, dtype=np.int8)
    out = []
    for column in given:
        whole = np.concatenate([whole[1:], column[None]])
        out.append(whole.reshape(kind.shape))
    return out


def assert_equal(whole: Graph, made: Graph, frames: int, count: int) -> None:
    """Compares outputs, and every tensor that says which rows of a tensor of the window it is."""
    given = columns(whole, frames, count)
    kind = made.tensors[made.inputs[0]].type
    state = first_state(made)
    for frame, (column, window) in enumerate(zip(given, windows(whole, frames, given), strict=True)):
        want = run_reference(whole, [window])
        state = run_reference(made, [column.reshape(kind.shape)], state)
        for output in whole.outputs:
            np.testing.assert_array_equal(state[output], want[output], err_msg=f"frame {frame}")
        for tensor, (source, first, end) in made.rows.items():
            if tensor in state:
                size = state[tensor].size // (end - first)
                np.testing.assert_array_equal(state[tensor].reshape(-1), want[source].reshape(-1)[first * size : end * size])


@pytest.mark.parametrize("borders", [False, True])
def test_random_models_are_exact_in_every_frame(borders: bool) -> None:
    fewer = 0
    for seed in range(0, 60, 1 + borders):
        data, frames = random_window(seed)
        whole = optimise(read(data, f"window {seed}"))
        made = streamed(whole, frames, borders=borders)
        verify(made)
        assert macs(made) <= macs(whole)
        assert made.tensors[made.inputs[0]].type.elements * frames == whole.tensors[whole.inputs[0]].type.elements
        assert_equal(whole, made, frames, 2 * frames + 3)
        fewer += macs(made) * 2 < macs(whole)
    assert fewer > (10 if borders else 20)


@pytest.mark.parametrize("seed", range(0, 40, 10))
def test_generated_code_is_exact_from_the_first_frame_on_and_again_after_init(seed: int) -> None:
    data, frames = random_window(seed)
    whole = optimise(read(data, "window"))
    made = streamed(whole, frames)
    given = columns(whole, frames, 2 * frames)
    kind = made.tensors[made.inputs[0]].type
    emitted = HostModel(bare(made), sanitize=True, optimise="-O1")
    for _ in range(2):  # each sequence starts with what init leaves
        got = emitted.sequence([[column.reshape(kind.shape)] for column in given])
        for window, outputs in zip(windows(whole, frames, given), got, strict=True):
            for output, values in zip(whole.outputs, outputs, strict=True):
                np.testing.assert_array_equal(values, run_reference(whole, [window])[output])


@pytest.mark.parametrize("sideways", [False, True])
def test_mean_over_time_is_kept_as_sums(sideways: bool) -> None:
    """Over all of two convolutions' window, in the C as well, until everything in the window has been replaced twice."""
    window = Window(11, 12, 5, sideways=sideways)
    window.conv(6, 3)
    window.conv(4, 2)
    window.mean()
    window.dense(3)
    whole = optimise(read(window.build(), "mean"))
    made = streamed(whole, 12)
    verify(made)
    (mean,) = [node for node in made.nodes if isinstance(node.op, RunningMean)]
    assert made.tensors[mean.inputs[0]].type.shape == (4,)
    assert not any(isinstance(node.op, Mean) for node in made.nodes)
    assert_equal(whole, made, 12, 30)
    given = columns(whole, 12, 30)
    got = HostModel(bare(made), sanitize=True).sequence([[c.reshape(made.tensors[made.inputs[0]].type.shape)] for c in given])
    for frame, (of_window, (values,)) in enumerate(zip(windows(whole, 12, given), got, strict=True)):
        np.testing.assert_array_equal(values, run_reference(whole, [of_window])[whole.outputs[0]], err_msg=f"frame {frame}")


def test_mean_that_sees_the_windows_border_is_taken_over_all_of_it() -> None:
    window = Window(12, 12, 5)
    window.conv(6, 3, same=True)
    window.mean()
    window.dense(3)
    whole = optimise(read(window.build(), "padded"))
    made = streamed(whole, 12)
    assert not any(isinstance(node.op, RunningMean) for node in made.nodes)
    assert_equal(whole, made, 12, 30)


def padded(seed: int = 4) -> Graph:
    """24 columns of 46 through convolutions that pad, their mean, a dense layer and a softmax."""
    window = Window(seed, 24, 46)
    for kernel in (3, 4, 3):
        window.conv(12, kernel, same=True)
    window.mean()
    window.dense(4)
    softmax = window.model.tensor((1, 4), "int8", 1 / 256, -128)
    window.model.operator("SOFTMAX", [window.x], [softmax], "SoftmaxOptions", Beta=1.0)
    return optimise(read(window.model.build([window.input], [window.x, softmax]), "padded"))


def test_positions_that_see_the_border_are_computed_apart_in_c_too() -> None:
    whole = padded()
    made = streamed(whole, 24, borders=True)
    verify(made)
    assert 4 * macs(made) < macs(whole) == macs(streamed(whole, 24))
    given = columns(whole, 24, 30)
    kind = made.tensors[made.inputs[0]].type
    got = HostModel(bare(made), sanitize=True, optimise="-O1").sequence([[column.reshape(kind.shape)] for column in given])
    for frame, (of_window, outputs) in enumerate(zip(windows(whole, 24, given), got, strict=True)):
        want = run_reference(whole, [of_window])
        for output, values in zip(whole.outputs, outputs, strict=True):
            np.testing.assert_array_equal(values, want[output], err_msg=f"frame {frame}")


def test_histories_for_the_border_are_taken_only_where_memory_and_budget_have_room() -> None:
    spec, tasks, board = load_model_spec("bearing").model_copy(update={"budgets": Budgets()}), load_tasks(), load_board("gd32vf103")
    graph = padded()
    roomy = fitted(graph, load_board("mps2_an505"), spec, tasks)
    assert 4 * roomy.schedule.macs < macs(graph)
    tight = spec.model_copy(update={"budgets": Budgets(arena_bytes=roomy.arena_bytes - 1)})
    assert fitted(graph, load_board("mps2_an505"), tight, tasks).schedule.macs == macs(graph)
    whole = fitted(graph, board, tight, tasks)
    ram = board.memory["sram"]
    small = ram.model_copy(update={"bytes": ram.bytes - whole.free_bytes("sram") + 4096})
    little = board.model_copy(update={"memory": {**board.memory, "sram": small}})
    assert fitted(graph, little, spec, tasks).schedule.macs == macs(graph)


def test_layers_are_compared_with_the_window_position_by_position() -> None:
    window = Window(3, 12, 4, sideways=True)
    window.conv(5, 3)
    window.conv(3, 3, dilation=2, stride=2)
    window.dense(3)
    whole = optimise(read(window.build(), "sideways"))
    made = bare(streamed(whole, 12))
    windows = windows_of(whole, 12, 15)
    wanted = [run_reference(whole, given) for given in windows]
    right = compare("here", made.schedule.graph, wanted, on_this_machine(made, newest(made.schedule.graph, windows)))
    assert right.exact and right.bytes > 15 * (5 + 3 + 3)
    first, _ = (node.outputs[0] for node in whole.nodes[:2])
    wanted[7] = {**wanted[7], first: wanted[7][first].copy()}
    wanted[7][first][0, 0, 9, 2] ^= 1  # the newest of ten positions
    found = compare("here", made.schedule.graph, wanted, on_this_machine(made, newest(made.schedule.graph, windows))).difference
    assert found is not None and (found.run, found.index) == (7, (0, 0, 9, 2))
